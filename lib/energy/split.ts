/** A piece of one record that lies in one block of time. */
export interface Segment {
  durationMs: number;
  /** What its power is expected to be, from neighbouring records, and how far off that may be. */
  expectedMw: number;
  errorMw: number;
}

/**
 * Splits the energy of a record among its segments so that the parts add up to it exactly.
 *
 * Each segment is expected to hold (expected power × time). What the record has more or less than
 * the sum of these goes to the segments in proportion to the variance of their expectation: the
 * conditional mean of independent normal energies whose sum is known.
 *
 * @returns mJ of each segment, none negative where the record is not
 */
export function splitRecord(energyMj: number, segments: readonly Segment[]): number[] {
  const expected = segments.map((segment) => segment.expectedMw * segment.durationMs / 1000);
  const variance = segments.map((segment) => (segment.errorMw * segment.durationMs) ** 2);
  const total = variance.reduce((sum, value) => sum + value, 0);
  const durationMs = segments.reduce((sum, segment) => sum + segment.durationMs, 0);
  const residual = energyMj - expected.reduce((sum, value) => sum + value, 0);
  const parts = expected.map((value, index) =>
    value +
    residual * (total > 0
        ? (variance[index] ?? 0) / total
        : (segments[index]?.durationMs ?? 0) / durationMs)
  );
  return withoutNegatives(parts, energyMj);
}

function withoutNegatives(parts: number[], energyMj: number): number[] {
  if (energyMj < 0 || parts.every((part) => part >= 0)) return parts;
  const kept = parts.map((part) => Math.max(0, part));
  const sum = kept.reduce((total, part) => total + part, 0);
  return sum > 0 ? kept.map((part) => part * (energyMj / sum)) : kept;
}
