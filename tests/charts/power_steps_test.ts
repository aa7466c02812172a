import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import {
  meanPower,
  powerStretches,
  railOutline,
  type Stretch,
  totalMw,
} from "../../lib/charts/power_steps.ts";
import type { PowerSample } from "../../lib/record.ts";

function sample(
  startMs: number,
  endMs: number,
  cpu: number | null,
  gpu: number | null = 0,
): PowerSample {
  return { startMs, endMs, energyMj: { cpu, gpu } };
}

function energyMj(stretches: readonly Stretch[]): number {
  return stretches.flatMap(({ steps }) => steps).reduce(
    (sum, { startMs, endMs, powerMw }) => sum + (powerMw.get("cpu") ?? 0) * (endMs - startMs) / 1e3,
    0,
  );
}

const WHOLE = { startMs: 0, endMs: 10_000, minStepMs: 0.1 };

Deno.test("powerStretches() turns energy into mean power over the record's own length", () => {
  const [stretch] = powerStretches([sample(0, 125, 500)], WHOLE);
  strictEqual(stretch?.steps[0]?.powerMw.get("cpu"), 4000);
});

Deno.test("powerStretches() does not bridge missing time", () => {
  const stretches = powerStretches([sample(0, 100, 50), sample(300, 400, 50)], WHOLE);
  deepStrictEqual(stretches.map(({ startMs, endMs }) => [startMs, endMs]), [[0, 100], [300, 400]]);
});

Deno.test("powerStretches() keeps the energy when it averages records finer than a px", () => {
  const samples = Array.from({ length: 1000 }, (_, i) => sample(i * 10, i * 10 + 10, i % 7));
  const stretches = powerStretches(samples, { startMs: 0, endMs: 10_000, minStepMs: 45 });
  ok(stretches.flatMap(({ steps }) => steps).length <= 223);
  ok(Math.abs(energyMj(stretches) - samples.reduce((s, x) => s + (x.energyMj.cpu ?? 0), 0)) < 1e-6);
});

Deno.test("powerStretches() cuts records at the window and ignores those outside or without length", () => {
  const samples = [sample(-50, 50, 10), sample(50, 50, 99), sample(20_000, 20_100, 99)];
  strictEqual(energyMj(powerStretches(samples, WHOLE)), 5);
});

Deno.test("powerStretches() does not mix records with and without a rail", () => {
  const samples = [sample(0, 10, 1, 1), sample(10, 20, 1, null), sample(20, 30, 1, 1)];
  const steps = powerStretches(samples, { ...WHOLE, minStepMs: 100 }).flatMap((s) => s.steps);
  deepStrictEqual(steps.map(({ powerMw }) => powerMw.has("gpu")), [true, false, true]);
});

Deno.test("totalMw() is null where a part of the total was not measured", () => {
  const [stretch] = powerStretches([sample(0, 100, 10, null)], WHOLE);
  const step = stretch?.steps[0];
  ok(step !== undefined);
  strictEqual(totalMw(step, ["cpu"]), 100);
  strictEqual(totalMw(step, ["cpu", "gpu"]), null);
  strictEqual(totalMw(step, []), null);
});

Deno.test("railOutline() gives each step two corners and ends where time is missing", () => {
  const stretches = powerStretches([sample(0, 100, 10, 5), sample(300, 400, 20, 5)], WHOLE);
  const corners = railOutline(stretches, "gpu", ["cpu"]);
  deepStrictEqual(corners.map(({ ms, lowMw, highMw }) => [ms, lowMw, highMw]), [
    [0, 100, 150],
    [100, 100, 150],
    [100, NaN, NaN],
    [300, 200, 250],
    [400, 200, 250],
    [400, NaN, NaN],
  ]);
});

Deno.test("meanPower() is null for a rail without a number, and does not count missing time", () => {
  const samples = [sample(0, 100, 10, null), sample(300, 400, 30, null)];
  strictEqual(meanPower(samples, WHOLE, "cpu"), 200);
  strictEqual(meanPower(samples, WHOLE, "gpu"), null);
  strictEqual(meanPower(samples, WHOLE, "dram"), null);
});
