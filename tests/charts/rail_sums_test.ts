import assert from "node:assert/strict";
import { railSums } from "../../lib/charts/rail_sums.ts";
import { type Energy, type Interval, type Rail, UNMEASURED } from "../../lib/record.ts";
import { runOf, USUAL } from "./inside_sheets.ts";

const interval = (lowMj: number, mj: number, highMj: number): Interval => ({ mj, lowMj, highMj });

function runWith(
  phases: Partial<Record<Rail, Interval | null>>[],
  [lowMj, energyMj, highMj]: [number, number, number],
) {
  const run = runOf(USUAL);
  return {
    totals: { ...run.totals, lowMj, energyMj, highMj },
    phases: phases.map((byRail) => ({
      ...run.phases[0]!,
      energy: { ...UNMEASURED, byRail } as Energy,
    })),
  };
}

Deno.test("railSums() is no wider than the total leaves it", () => {
  const run = runWith([
    { cpu: interval(0, 300, 900), gpu: interval(1, 2, 3) },
    { cpu: interval(14_100, 14_300, 14_500), gpu: interval(20, 25, 30) },
  ], [14_600, 14_627, 14_650]);
  const sums = railSums(run, ["cpu", "gpu"]);
  // 14,600 less the 33 of the GPU at most, 14,650 less its 21 at least.
  assert.deepEqual(sums.get("cpu"), interval(14_567, 14_600, 14_629));
  assert.deepEqual(sums.get("gpu"), interval(21, 27, 33), "what it says of itself is narrower");
});

Deno.test("railSums() adds ends where rails are not the total, or one is not known", () => {
  const phases = [{ cpu: interval(1, 2, 4) }, { cpu: interval(1, 2, 4) }];
  const lessThanTotal = railSums(runWith(phases, [8, 9, 10]), ["cpu"]);
  assert.deepEqual(lessThanTotal.get("cpu"), interval(2, 4, 8));
  const unknown = railSums(runWith([{ cpu: interval(1, 2, 4), gpu: null }], [2, 2, 2]), [
    "cpu",
    "gpu",
  ]);
  assert.equal(unknown.get("gpu"), null);
  assert.deepEqual(unknown.get("cpu"), interval(1, 2, 4));
});

Deno.test("railSums() of any run holds its own middle, and adds up to the total", () => {
  const run = runOf(USUAL);
  const sums = [...railSums(run, run.power.totalRails).values()];
  assert.ok(sums.length > 1);
  for (const one of sums) assert.ok(one!.lowMj! <= one!.mj! && one!.mj! <= one!.highMj!);
  const total = sums.reduce((sum, one) => sum + one!.mj!, 0);
  assert.ok(Math.abs(total / run.totals.energyMj! - 1) < 0.005);
});
