import type { Estimate } from "../estimate.ts";
import { studentQuantile } from "../statistics/mod.ts";
import type { Comparison } from "./comparison.ts";

/**
 * The ratio of a comparison with ends so far apart that those of as many comparisons hold the truth
 * all together, 95 times in a hundred (Bonferroni). Hard limits stay as they are: chance has no
 * part in them.
 *
 * @param comparison of `compareRuns()`
 * @param count how many there are of its kind, 1 or more
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { type Comparison, jointRatio } from "@tokenwatt/tokenwatt";
 *
 * function areAllCheaper(comparisons: readonly Comparison[]): boolean {
 *   return comparisons.every((one) => (jointRatio(one, comparisons.length).high ?? 1) < 1);
 * }
 * assert(areAllCheaper([]));
 * ```
 */
export function jointRatio(
  { ratio, test: { p, degrees } }: Pick<Comparison, "ratio" | "test">,
  count: number,
): Estimate {
  const { value, low, high } = ratio;
  if (count === 1 || p === null || low === null || high === null) return ratio;
  // Ends are Student's, about the logarithm of the ratio.
  const wider = studentQuantile(1 - 0.025 / count, degrees) / studentQuantile(0.975, degrees);
  const half = wider * Math.log(high / low) / 2;
  const ends = { low: value * Math.exp(-half), high: value * Math.exp(half) };
  return { value, ...ends, resolved: ends.low > 1 || ends.high < 1 };
}
