/**
 * Rows hold integers: ns for ms, nJ for mJ. Integers take 1–6 bytes where a REAL takes 8, and add
 * up exactly. Past 2^53 node:sqlite would refuse to read them back, so they are refused here.
 *
 * @module
 */

const SCALE = 1e6;

/** ms → ns, or mJ → nJ. Throws a `RangeError` for what is not finite or too large. */
export function toFixed(value: number): number {
  const scaled = Math.round(value * SCALE);
  if (!Number.isSafeInteger(scaled)) {
    throw new RangeError(
      `Cannot store ${value}: not a finite number below 9e9; times count from the run's start`,
    );
  }
  return scaled;
}

/** The same, where `null` and `undefined` mean "not measured". */
export function toFixedOrNull(value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : toFixed(value);
}

/** ns → ms, or nJ → mJ. */
export function fromFixed<T extends number | null>(value: T): T {
  return (value === null ? null : value / SCALE) as T;
}
