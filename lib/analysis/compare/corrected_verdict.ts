import { signedPercent } from "../../quantities.ts";
import type { Comparison } from "./comparison.ts";
import { probabilityText } from "./probability.ts";

/**
 * The verdict of a comparison, as one of several that were made: what only looking often enough has
 * found is taken back.
 *
 * @param comparison of `compareRuns()`
 * @param pCorrected its p-value among the others, of `holmCorrected()`; `null` where it has none
 * @param count how many comparisons were made
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { type Comparison, correctedVerdict, holmCorrected } from "@tokenwatt/tokenwatt";
 *
 * function verdicts(all: readonly Comparison[]): string[] {
 *   const p = holmCorrected(all.map(({ test }) => test.p));
 *   return all.map((one, at) => correctedVerdict(one, p[at]!, all.length));
 * }
 * assert.deepEqual(verdicts([]), []);
 * ```
 */
export function correctedVerdict(
  comparison: Comparison,
  pCorrected: number | null,
  count: number,
): string {
  const { outcome, verdict, test, percent } = comparison;
  if (count < 2 || outcome === "unclear" || pCorrected === null) return verdict;
  const corrected = `${probabilityText(pCorrected)} corrected for ${count} comparisons`;
  if (pCorrected < 0.05) return `${verdict}; ${corrected}`;
  return `No difference can be seen between ${comparison.a.label} and ${comparison.b.label} ` +
    `(${signedPercent(percent.value)} % with ${probabilityText(test.p ?? 1)}, but ${corrected})`;
}
