import assert from "node:assert/strict";
import { compareRuns, jointRatio } from "../../../lib/analysis/mod.ts";
import { madeRun } from "../made_runs.ts";

const WAVER = [0, 1, -1, 2, -2];
const OTHER = [2, -1, 0, -2, 1];

function arm(level: number, wavers: readonly number[] = WAVER) {
  return wavers.map((percent, pid) =>
    madeRun({ joules: level * (1 + 0.01 * percent), pid, prompt: "x" })
  );
}

Deno.test("jointRatio() of one comparison is its own; of more it is wider about the same value", () => {
  const comparison = compareRuns(arm(1), arm(1.2, OTHER));
  assert.deepEqual(jointRatio(comparison, 1), comparison.ratio);
  const { value, low, high } = jointRatio(comparison, 4);
  assert.equal(value, comparison.ratio.value);
  // Student's quantiles with 4 degrees, at 1 - 0.025/4 and 0.975 (R's qt): 4.3147, 2.7764.
  const half = Math.log(comparison.ratio.high! / value);
  assert.ok(Math.abs(Math.log(high! / value) / half - 4.3147 / 2.7764) < 1e-3);
  assert.ok(Math.abs(Math.log(high! / value) - Math.log(value / low!)) < 1e-9);
});

Deno.test("jointRatio() resolves only what its own ends leave out", () => {
  const comparison = compareRuns(arm(1), arm(1.06, OTHER));
  assert.equal(jointRatio(comparison, 1).resolved, true);
  assert.equal(jointRatio(comparison, 1000).resolved, false);
});

Deno.test("jointRatio() leaves hard limits as they are, and what has no ends", () => {
  const estimated = (joules: number) => madeRun({ joules, half: 0.1, kind: "estimated" });
  const hard = compareRuns(estimated(1), estimated(2));
  assert.equal(hard.test.p, null);
  assert.deepEqual(jointRatio(hard, 9), hard.ratio);
  const none = compareRuns(madeRun({ half: null }), madeRun({ half: null }));
  assert.deepEqual(jointRatio(none, 9), none.ratio);
});
