/** A piece of one record that lies in one stretch of time. */
export interface Segment {
  durationMs: number;
  /** What its power is expected to be. */
  expectedMw: number;
  /** How far off that may be; 0 leaves to the others what the record has more or less. */
  errorMw: number;
  /** How far from its expectation this draw takes the segment's energy. */
  deviationMj: number;
}

/**
 * Splits the energy of a record among its segments so that the parts add up to it exactly.
 *
 * Each segment is expected to hold (expected power × time). What the record has more or less than
 * the sum of these goes to the segments in proportion to the variance of their expectation: the
 * conditional mean of independent normal energies whose sum is known. Where one segment's power is
 * taken as known, this is "its power × its time, and to the other the rest". No expected part is
 * negative. The deviations come on top, conditioned in the same way (as in kriging: Journel and
 * Huijbregts, 1978), and may make a single draw negative, or the mean of the draws would move.
 *
 * @param offMj how far this draw takes the record's own energy from what it reads
 * @returns mJ of each segment, `energyMj + offMj` in all
 */
export function splitRecord(
  energyMj: number,
  segments: readonly Segment[],
  offMj = 0,
): number[] {
  const weights = residualWeights(segments);
  const expected = segments.map((segment) => segment.expectedMw * segment.durationMs / 1000);
  const residual = energyMj - sum(expected);
  const parts = expected.map((mj, index) => mj + residual * weights[index]!);
  const tooMuch = sum(segments.map((segment) => segment.deviationMj)) - offMj;
  return withoutNegatives(parts, energyMj).map((mj, index) =>
    mj + (segments[index]?.deviationMj ?? 0) - tooMuch * weights[index]!
  );
}

/** Which part of what is unexpected goes to each segment; they add up to 1. */
function residualWeights(segments: readonly Segment[]): number[] {
  const variances = segments.map((segment) => (segment.errorMw * segment.durationMs) ** 2);
  const total = sum(variances);
  if (total > 0) return variances.map((variance) => variance / total);
  const durationMs = sum(segments.map((segment) => segment.durationMs));
  return segments.map((segment) => durationMs > 0 ? segment.durationMs / durationMs : 0);
}

function withoutNegatives(parts: number[], energyMj: number): number[] {
  if (energyMj < 0 || parts.every((part) => part >= 0)) return parts;
  const kept = parts.map((part) => Math.max(0, part));
  const total = sum(kept);
  return total > 0 ? kept.map((part) => part * (energyMj / total)) : kept;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
