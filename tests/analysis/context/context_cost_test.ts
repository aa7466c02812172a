import assert from "node:assert/strict";
import { contextCost, type RunRecord } from "../../../lib/analysis/mod.ts";
import { madeRun } from "../made_runs.ts";
import { cases, normals, shareBounds } from "../normals.ts";

const LENGTHS = [16, 64, 128, 256, 512, 768, 1024, 1536, 2048];

function runsOf(cost: (context: number) => number, seed: number, processes = 3): RunRecord[] {
  const normal = normals(seed);
  return LENGTHS.flatMap((promptTokens) =>
    Array.from({ length: processes }, (_, pid) => {
      // 65 tokens: the mean step finds 31.5 of them in the cache.
      const factor = 1 + 0.01 * normal();
      const joules = cost(promptTokens + 31.5) * factor;
      return madeRun({
        joules,
        tokensPerSecond: 10 / joules,
        promptTokens,
        prompt: "x".repeat(promptTokens),
        pid: pid + 1,
        details: { model: { kvBytesPerToken: 2048 } },
      });
    })
  );
}

Deno.test("contextCost() recovers what a token in the cache costs, 19 times in 20", () => {
  const count = cases(600);
  let [held, bent] = [0, 0];
  for (let seed = 1; seed <= count; seed++) {
    const { energy } = contextCost(runsOf((n) => 0.5 + 2e-6 * n, seed));
    const { low, high } = energy!.perThousandTokens;
    if (low! <= 0.002 && high! >= 0.002) held++;
    if (energy!.knee !== null) bent++;
  }
  const [low, high] = shareBounds(0.95, 0.95, count);
  assert.ok(held / count >= low && held / count <= high, `${held / count}`);
  assert.ok(bent / count <= shareBounds(0, 0.05, count)[1], `${bent} knees where there are none`);
});

Deno.test("contextCost() finds where the line bends, and what a MB of cache costs", () => {
  const bends = contextCost(runsOf((n) => 0.5 + 1e-4 * n + 4e-4 * Math.max(0, n - 543.5), 7));
  const { knee } = bends.energy!;
  assert.equal(knee!.at, 543.5);
  assert.ok(knee!.change.low! < 4e-4 && knee!.change.high! > 4e-4);
  assert.match(bends.verdict, /it bends at 544 tokens/);
  const straight = contextCost(runsOf((n) => 0.5 + 4e-4 * n, 8));
  assert.equal(straight.energy!.knee, null);
  // 0.4 J for 1,000 tokens of 2,048 bytes: 195 mJ for a MB.
  const { low, high } = straight.mjPerKvMegabyte!;
  assert.ok(low! < 195.3 && high! > 195.3);
  assert.equal(straight.points[0]!.kvBytes, 47.5 * 2048);
  assert.ok(straight.time!.perThousandTokens.resolved);
});

Deno.test("contextCost() is of one model, and of three lengths at least", () => {
  const runs = runsOf((n) => n, 1);
  const other = { ...runs[0]!, model: { ...runs[0]!.model, name: "big" } };
  assert.throws(() => contextCost([...runs, other]), /tiny fp32, big fp32.*--model/);
  assert.throws(() => contextCost([]), /no run has what it needs/);
  const few = contextCost(runs.slice(0, 6));
  assert.deepEqual([few.energy, few.time], [null, null]);
  assert.match(few.verdict, /2 lengths; three are needed/);
});

Deno.test("contextCost() leaves batches out, and says so", () => {
  const runs = runsOf((n) => 0.5 + 4e-4 * n, 8);
  const batch = { ...runs[0]!, details: { ...runs[0]!.details, batchSize: 8 } };
  const { notes, points } = contextCost([...runs, batch]);
  assert.deepEqual(points, contextCost(runs).points);
  assert.ok(notes.includes("1 of 28 runs left out: batches of several texts"), notes.join());
});
