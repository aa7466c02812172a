import assert from "node:assert/strict";
import { energyOver } from "../../lib/energy/mod.ts";
import { meanOf } from "../../lib/energy/draws.ts";
import { shiftsOf } from "../../lib/energy/shifts.ts";

Deno.test("shiftsOf() stays in its range, is centred, and starts from the dates where it can", () => {
  const shifts = shiftsOf("cpu", { clockBoundMs: 8, latchMs: [-5, 40] });
  assert.deepEqual([shifts.lowMs, shifts.highMs, shifts.nominalMs], [-13, 48, 0]);
  assert.ok(shifts.drawsMs.every((ms) => ms >= -13 && ms <= 48));
  assert.ok(Math.abs(meanOf(shifts.drawsMs) - 17.5) < 1e-9);
  assert.equal(shiftsOf("cpu", { latchMs: [20, 30] }).nominalMs, 20);
  assert.equal(shiftsOf("cpu", { latchMs: -12 }).nominalMs, -12);
});

Deno.test("shiftsOf() shares the clock's error between rails, and gives each its latch", () => {
  const clock = { clockBoundMs: 8 };
  assert.deepEqual(shiftsOf("cpu", clock).drawsMs, shiftsOf("gpu", clock).drawsMs);
  const latch = { latchMs: { cpu: 10, gpu: [0, 5] as const } };
  assert.equal(shiftsOf("cpu", latch).lowMs, 10);
  assert.equal(shiftsOf("gpu", latch).highMs, 5);
  assert.equal(shiftsOf("ane", latch).highMs, 0);
});

Deno.test("shiftsOf() draws the latch by a seed of its own, so that runs share it and nothing else", () => {
  const latch = { latchMs: [-5, 40] as const };
  const drawn = (seed: number, latchSeed: number, clockBoundMs = 0) =>
    shiftsOf("cpu", { ...latch, seed, latchSeed, clockBoundMs }).drawsMs;
  assert.deepEqual(drawn(1, 7), drawn(2, 7));
  assert.notDeepEqual(drawn(1, 7), drawn(1, 8));
  assert.notDeepEqual(drawn(1, 7, 8), drawn(2, 7, 8));
  assert.deepEqual(drawn(1, 1), shiftsOf("cpu", { ...latch, seed: 1 }).drawsMs);
});

Deno.test("energyOver() looks for a delayed rail where it was read, also for whether it was at all", () => {
  const samples = Array.from({ length: 10 }, (_, index) => ({
    startMs: index * 100,
    endMs: (index + 1) * 100,
    energyMj: { cpu: 100.5 },
  }));
  assert.equal(energyOver(samples, 0, 300).mj, 301.5);
  assert.equal(energyOver(samples, 0, 300, { latchMs: 100 }).mj, null);
  assert.equal(energyOver(samples, 900, 1100, { latchMs: 100 }).mj, 201);
  const { mj } = energyOver(samples, 0, 1000, { clockBoundMs: 20 });
  assert.ok(mj !== null && Math.abs(mj - 1005) < 1e-9);
});
