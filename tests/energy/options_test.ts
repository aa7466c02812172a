import assert from "node:assert/strict";
import { type AttributionOptions, energyOver } from "../../lib/energy/mod.ts";

const samples = [{ startMs: 0, endMs: 100, energyMj: { cpu: 100 } }];

Deno.test("energyOver() refuses options that would make every energy NaN", () => {
  const wrong: AttributionOptions[] = [
    { clockBoundMs: -1 },
    { clockBoundMs: NaN },
    { latchMs: NaN },
    { latchMs: [40, -5] },
    { latchMs: [0, Infinity] },
    { latchMs: { cpu: [3, 2] } },
    { idleMw: NaN },
    { idleMw: 100, idleErrorMw: -1 },
    { statedError: -0.5 },
    { statedError: NaN },
    { highestMw: { cpu: NaN } },
  ];
  for (const options of wrong) {
    assert.throws(() => energyOver(samples, 0, 100, options), RangeError, JSON.stringify(options));
  }
});

Deno.test("energyOver() knows nothing where the clock is not known at all", () => {
  const { mj, method, byRail } = energyOver(samples, 0, 100, { clockBoundMs: Infinity });
  assert.deepEqual({ mj, method, byRail }, { mj: null, method: null, byRail: {} });
});
