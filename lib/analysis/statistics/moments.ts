/** Sum of what `of` makes of the values. */
export function sumOver<T>(values: readonly T[], of: (value: T, index: number) => number): number {
  return values.reduce((sum, value, index) => sum + of(value, index), 0);
}

/** The mean; NaN of nothing. */
export function meanOf(values: readonly number[]): number {
  return sumOver(values, (value) => value) / values.length;
}

/** The unbiased variance; NaN below two values. */
export function varianceOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.length < 2 ? NaN : sumOver(values, (v) => (v - mean) ** 2) / (values.length - 1);
}
