/**
 * p-values of a family of tests, so that in 95 % of families no difference is found where there is
 * none (Holm, Scand. J. Statist. 6, 1979); in the order given, `null` where there is no test.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { holmCorrected } from "@tokenwatt/tokenwatt";
 *
 * assert.deepEqual(holmCorrected([0.01, 0.04, null, 0.03]), [0.03, 0.06, null, 0.06]);
 * ```
 */
export function holmCorrected(pValues: readonly (number | null)[]): (number | null)[] {
  const tests = pValues.flatMap((p, index) => p === null ? [] : [{ p, index }])
    .sort((one, other) => one.p - other.p);
  const corrected: (number | null)[] = pValues.map(() => null);
  let least = 0;
  tests.forEach(({ p, index }, rank) => {
    least = Math.max(least, Math.min(1, p * (tests.length - rank)));
    corrected[index] = least;
  });
  return corrected;
}
