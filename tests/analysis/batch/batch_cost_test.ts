import assert from "node:assert/strict";
import { batchCost } from "../../../lib/analysis/mod.ts";
import { madeRun } from "../made_runs.ts";
import { normals } from "../normals.ts";

/** A step of 100 mJ and 5 for each sequence; beyond 16 sequences each costs more. */
function runsOf(sizes: readonly number[], noise = 0.01) {
  const normal = normals(3);
  return sizes.flatMap((batchSize) =>
    [1, 2, 3, 4, 5, 6].map((pid) => {
      const stepMj = 100 + 5 * batchSize + Math.max(0, batchSize - 16) * 20;
      // As `profile()` tells them: by token, of all texts.
      const joules = stepMj / batchSize / 1000 * Math.exp(noise * normal());
      return madeRun({ joules, pid, tokensPerSecond: 50 * batchSize, details: { batchSize } });
    })
  );
}

Deno.test("batchCost() finds the size that takes the least by token", () => {
  const { points, optimum, verdict } = batchCost(runsOf([1, 4, 8, 16, 32]));
  assert.equal(optimum, 16);
  assert.deepEqual(points.map(({ isAmongBest }) => isAmongBest), [
    false,
    false,
    false,
    true,
    false,
  ]);
  assert.deepEqual(
    points.map(({ tokensPerSecond }) => Math.round(tokensPerSecond!.value)),
    [50, 200, 400, 800, 1600],
  );
  assert.ok(Math.abs(points[0]!.joulesPerToken!.value - 0.105) < 0.003);
  assert.match(verdict, /^Batch size 16 takes the least energy by token; all others take more$/);
});

Deno.test("batchCost() tells a step's own cost from that of a sequence", () => {
  const { step } = batchCost(runsOf([1, 2, 4, 8, 16], 0.002));
  assert.ok(step!.fixedMj.low! < 100 && step!.fixedMj.high! > 100);
  assert.ok(step!.perSequenceMj.low! < 5 && step!.perSequenceMj.high! > 5);
});

Deno.test("batchCost() says which sizes it cannot tell apart", () => {
  const { verdict, points } = batchCost(runsOf([16, 17], 0.1));
  assert.ok(points.every(({ isAmongBest }) => isAmongBest));
  assert.match(verdict, /it cannot be told from 1[67]$/);
  const one = batchCost(runsOf([4]));
  assert.match(one.verdict, /the only one/);
  assert.equal(one.step, null);
});

Deno.test("batchCost() speaks only of sizes whose energy was measured", () => {
  const unmeasured = [2, 4].map((batchSize) => madeRun({ joules: null, details: { batchSize } }));
  const { verdict } = batchCost([...runsOf([1]), ...unmeasured]);
  assert.equal(verdict, "Batch size 1 is the only one that was measured");
});
