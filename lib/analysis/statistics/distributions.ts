/**
 * The distributions that intervals and p-values are read from, by jStat, whose values agree with
 * scipy 1.17's to 1e-7 (tests/analysis/statistics/distributions_test.ts).
 *
 * @module
 */
import jstat from "jstat";

/** jStat has no types of its own; this is what is used of it. */
interface Distribution {
  inv(probability: number, degrees: number): number;
  cdf(value: number, degrees: number): number;
}

const { studentt, chisquare } =
  (jstat as { jStat: { studentt: Distribution; chisquare: Distribution } }).jStat;

/** The value below which Student's t lies with this probability; degrees may be fractional. */
export function studentQuantile(probability: number, degrees: number): number {
  return studentt.inv(probability, degrees);
}

/** How often Student's t lies at least so far from 0, on either side, by chance. */
export function studentP(statistic: number, degrees: number): number {
  if (!Number.isFinite(statistic)) return Number.isNaN(statistic) ? 1 : 0;
  // Above 0, 1 − cdf would lose what is small.
  return Math.min(1, 2 * studentt.cdf(-Math.abs(statistic), degrees));
}

/** The value below which χ² lies with this probability. */
export function chiSquaredQuantile(probability: number, degrees: number): number {
  return chisquare.inv(probability, degrees);
}
