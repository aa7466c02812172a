/**
 * What a sample's numbers come to: sum, mean, variance, quantiles.
 *
 * @module
 */

/** Sum of what `of` makes of the values. */
export function sumOver<T>(values: readonly T[], of: (value: T, index: number) => number): number {
  return values.reduce((sum, value, index) => sum + of(value, index), 0);
}

/** The mean; NaN of nothing. */
export function meanOf(values: readonly number[]): number {
  return sumOver(values, (value) => value) / values.length;
}

/** The least of what `of` makes of the values, which `Math.min(...)` takes up to 125,000 of; ∞ of none. */
export function leastBy<T>(values: Iterable<T>, of: (value: T) => number): number {
  let least = Infinity;
  for (const value of values) least = Math.min(least, of(value));
  return least;
}

/** The greatest, as `leastBy` finds the least; -∞ of none. */
export function mostBy<T>(values: Iterable<T>, of: (value: T) => number): number {
  return -leastBy(values, (value) => -of(value));
}

/** The unbiased variance; NaN below two values. */
export function varianceOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.length < 2 ? NaN : sumOver(values, (v) => (v - mean) ** 2) / (values.length - 1);
}

/**
 * The value below which a fraction of the values lies, of values in ascending order; NaN of none.
 * Linear between neighbours (type 7 of Hyndman and Fan, Am. Stat. 50, 1996; NumPy's default).
 */
export function quantileOf(sorted: ArrayLike<number>, fraction: number): number {
  const position = fraction * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] ?? NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? NaN;
  return low + (high - low) * (position - below);
}
