/** Σ of the variances of rows of `width` numbers, and how many rows there were. */
export interface VarianceSum {
  rows: number;
  variance: number;
}

/** Adds the population variance of each row of `data`. */
export function addVariances(sum: VarianceSum, data: Float32Array, width: number): void {
  for (let start = 0; start + width <= data.length; start += width) {
    let mean = 0;
    for (let i = 0; i < width; i++) mean += data[start + i]!;
    mean /= width;
    let squares = 0;
    for (let i = 0; i < width; i++) squares += (data[start + i]! - mean) ** 2;
    sum.variance += squares / width;
    sum.rows++;
  }
}
