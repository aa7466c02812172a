import assert from "node:assert/strict";
import { hardLimits, limitsOfPart, powerBounds } from "../../lib/energy/limits.ts";
import { railRecords } from "../../lib/energy/records.ts";
import { shiftsOf } from "../../lib/energy/shifts.ts";

const bounds = { lowestMw: 1000, highestMw: 50000 };
const still = shiftsOf("cpu", {});

function records(...powersMw: number[]) {
  const samples = powersMw.map((mw, index) => ({
    startMs: index * 100,
    endMs: (index + 1) * 100,
    energyMj: { cpu: mw / 10 + 0.5 },
  }));
  return railRecords(samples, "cpu");
}

Deno.test("limitsOfPart() is the formula of the design", () => {
  // E = 3000 mJ in 100 ms: 30 ms hold at least 3000 − 50 W × 70 ms, at most 50 W × 30 ms.
  const whole = { lowMj: 3000, highMj: 3000 };
  assert.deepEqual(limitsOfPart(30, 100, whole, bounds), { lowMj: 30, highMj: 1500 });
  assert.deepEqual(limitsOfPart(70, 100, whole, bounds), { lowMj: 1500, highMj: 2970 });
  assert.deepEqual(limitsOfPart(100, 100, whole, bounds), whole);
  assert.deepEqual(limitsOfPart(0, 100, whole, bounds), { lowMj: 0, highMj: 0 });
});

Deno.test("hardLimits() holds whole records exactly", () => {
  const { lowMj, highMj } = hardLimits(records(20000, 30000, 20000), 100, 200, still, bounds);
  assert.deepEqual([lowMj, highMj], [3000.5, 3000.5]);
});

Deno.test("hardLimits() finds the widest shift between the ends, not only at them", () => {
  const spike = records(2000, 2000, 2000, 40000, 2000, 2000, 2000);
  const shifts = shiftsOf("cpu", { clockBoundMs: 200 });
  const widest = hardLimits(spike, 320, 380, shifts, bounds);
  for (let shiftMs = -200; shiftMs <= 200; shiftMs += 0.5) {
    const one = hardLimits(spike, 320, 380, shiftsOf("cpu", { latchMs: shiftMs }), bounds);
    assert.ok(one.lowMj >= widest.lowMj - 1e-9 && one.highMj <= widest.highMj + 1e-9, `${shiftMs}`);
  }
  const [low, high] = [-200, 200].map((latchMs) =>
    hardLimits(spike, 320, 380, shiftsOf("cpu", { latchMs }), bounds)
  );
  assert.ok(widest.highMj > Math.max(low?.highMj ?? 0, high?.highMj ?? 0) + 1000);
});

Deno.test("hardLimits() allows any power where shifts move a span off its records", () => {
  const { lowMj, highMj } = hardLimits(records(20000), 0, 100, shiftsOf("cpu", { latchMs: 20 }), {
    lowestMw: 0,
    highestMw: 50000,
  });
  assert.ok(lowMj <= 1000.5 && highMj >= 2000.5 + 20 * 50 - 1e-9, `${lowMj} ${highMj}`);
});

Deno.test("powerBounds() allows bursts that records hide, and takes what is known of the machine", () => {
  const shown = records(2000, 20000);
  assert.deepEqual(powerBounds(shown, false, undefined), { lowestMw: 0, highestMw: 2 * 20005 });
  assert.deepEqual(powerBounds(shown, true, 30000), { lowestMw: 2005 / 2, highestMw: 30000 });
  assert.equal(powerBounds(shown, true, 100).highestMw, 20005);
});
