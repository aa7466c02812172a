/** Rows of numbers of one width, as many as come: four bytes a number, no object a row. */
export class Rows {
  /** Numbers of a row. */
  readonly width: number;
  #values: Float32Array<ArrayBuffer>;
  #count = 0;

  /** No rows yet; `width` numbers in each. */
  constructor(width: number) {
    this.width = width;
    this.#values = new Float32Array(16 * width);
  }

  /** Appends a row; what `values` leaves open is NaN. */
  push(values: ArrayLike<number>): void {
    const start = this.#count * this.width;
    if (start + this.width > this.#values.length) {
      const larger = new Float32Array(2 * this.#values.length);
      larger.set(this.#values);
      this.#values = larger;
    }
    for (let i = 0; i < this.width; i++) this.#values[start + i] = values[i] ?? NaN;
    this.#count++;
  }

  /** All rows, one after the other, as an array of their own. */
  toArray(): Float32Array<ArrayBuffer> {
    return this.#values.slice(0, this.#count * this.width);
  }
}
