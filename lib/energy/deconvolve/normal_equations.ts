/**
 * A symmetric matrix of normal equations, row by row from its first entry that is not 0 up to the
 * diagonal: a power record covers a few tokens, so most of it is empty. Its Cholesky factor fits in
 * the same places (envelope method: Jennings, A compact storage scheme, Comput. J. 9, 1966).
 */
export class NormalEquations {
  /** First column of each row that holds anything. */
  readonly #first: Int32Array;
  readonly #rows: Float64Array[] = [];

  /** @param first of each row, the first column that will ever be added to */
  constructor(first: ArrayLike<number>) {
    this.#first = Int32Array.from(first);
    this.#first.forEach((from, row) => this.#rows.push(new Float64Array(row - from + 1)));
  }

  /** How many unknowns there are. */
  get size(): number {
    return this.#rows.length;
  }

  /** Adds one equation: its columns, ascending, and their values. */
  addOuter(columns: ArrayLike<number>, values: ArrayLike<number>): void {
    for (let i = 0; i < columns.length; i++) {
      const row = this.#rows[columns[i]!]!;
      const from = this.#first[columns[i]!]!;
      const own = values[i]!;
      // The hottest loop of all: most of a deconvolution's time is spent here and in factor().
      for (let j = 0; j <= i; j++) row[columns[j]! - from]! += own * values[j]!;
    }
  }

  /** One entry of the diagonal. */
  diagonal(row: number): number {
    return this.#rows[row]?.at(-1) ?? 0;
  }

  /** The sum of two of one shape. */
  plus(other: NormalEquations): NormalEquations {
    const sum = new NormalEquations(this.#first);
    sum.#rows.forEach((row, at) => {
      const [a, b] = [this.#rows[at], other.#rows[at]];
      for (let i = 0; i < row.length; i++) row[i] = (a?.[i] ?? 0) + (b?.[i] ?? 0);
    });
    return sum;
  }

  /** The product with a vector. */
  times(vector: Float64Array): Float64Array {
    const product = new Float64Array(this.size);
    this.#rows.forEach((row, at) => {
      const from = this.#first[at]!;
      const own = vector[at]!;
      let sum = 0;
      for (let i = 0; i < row.length - 1; i++) {
        sum += row[i]! * vector[from + i]!;
        product[from + i]! += row[i]! * own;
      }
      product[at]! += sum + row[row.length - 1]! * own;
    });
    return product;
  }

  /** Adds `times` × one column, which is also that row, to a vector. */
  addColumn(column: number, times: number, into: Float64Array): void {
    const from = this.#first[column]!;
    const own = this.#rows[column]!;
    for (let k = 0; k < own.length; k++) into[from + k]! += times * own[k]!;
    for (let row = column + 1; row < this.#rows.length; row++) {
      const at = column - this.#first[row]!;
      if (at >= 0) into[row]! += times * this.#rows[row]![at]!;
    }
  }

  /**
   * The Cholesky factor of this plus a diagonal.
   *
   * @throws {RangeError} unless that is positive definite
   */
  factor(added: Float64Array): CholeskyFactor {
    const rows = this.#rows.map((row) => row.slice());
    const first = this.#first;
    rows.forEach((row, i) => {
      const from = first[i]!;
      const end = row.length - 1;
      row[end]! += added[i]!;
      for (let j = from; j <= i; j++) {
        const other = rows[j]!;
        const otherFrom = first[j]!;
        let sum = row[j - from]!;
        for (let k = Math.max(from, otherFrom); k < j; k++) {
          sum -= row[k - from]! * other[k - otherFrom]!;
        }
        if (j < i) row[j - from] = sum / (other.at(-1) ?? NaN);
        else if (sum > 0) row[end] = Math.sqrt(sum);
        else throw new RangeError(`Cannot solve for unknown ${i}: no equation tells it`);
      }
    });
    return new CholeskyFactor(first, rows);
  }
}

/** L of L·Lᵀ, in the places of the matrix. */
export class CholeskyFactor {
  /** As {@link NormalEquations} has them. */
  constructor(readonly first: Int32Array, readonly rows: readonly Float64Array[]) {}

  /** The logarithm of the determinant of L·Lᵀ. */
  get logDeterminant(): number {
    return this.rows.reduce((sum, row) => sum + 2 * Math.log(row.at(-1) ?? NaN), 0);
  }

  /** x of L·Lᵀ·x = right. */
  solve(right: Float64Array): Float64Array {
    const values = right.slice();
    this.rows.forEach((row, i) => {
      const from = this.first[i]!;
      let sum = values[i]!;
      for (let k = 0; k < row.length - 1; k++) sum -= row[k]! * values[from + k]!;
      values[i] = sum / (row.at(-1) ?? NaN);
    });
    return this.solveUpper(values);
  }

  /** x of Lᵀ·x = right: of independent normal numbers, ones with the covariance (L·Lᵀ)⁻¹. */
  solveUpper(right: Float64Array): Float64Array {
    const values = right.slice();
    for (let i = this.rows.length - 1; i >= 0; i--) {
      const row = this.rows[i] ?? values;
      const from = this.first[i]!;
      const own = values[i]! / (row.at(-1) ?? NaN);
      values[i] = own;
      for (let k = 0; k < row.length - 1; k++) values[from + k]! -= row[k]! * own;
    }
    return values;
  }
}
