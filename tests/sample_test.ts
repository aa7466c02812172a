import assert from "node:assert/strict";
import { repetitionPoints } from "../lib/charts/energy_points.ts";
import { phaseShades } from "../lib/charts/phase_spans.ts";
import { timelineTables } from "../lib/report/run_tables.ts";
import { leastBy, meanOf, mostBy, quantileOf, sumOver, varianceOf } from "../lib/sample.ts";
import { partialResult } from "../lib/store/partial_run.ts";
import type { PowerSample, ProfilingRun, RunTrace } from "../lib/record.ts";

Deno.test("quantileOf() is what NumPy's percentile() gives, also between values", () => {
  const sorted = [1, 2, 4, 8]; // numpy.percentile([1, 2, 4, 8], [0, 5, 25, 50, 95, 100])
  const expected = [[0, 1], [0.05, 1.15], [0.25, 1.75], [0.5, 3], [0.95, 7.4], [1, 8]] as const;
  for (const values of [sorted, Float64Array.from(sorted)]) {
    for (const [fraction, value] of expected) {
      assert.ok(Math.abs(quantileOf(values, fraction) - value) < 1e-12, `${fraction}`);
    }
  }
  assert.equal(quantileOf([3], 0.99), 3);
  assert.ok(Number.isNaN(quantileOf([], 0.5)));
});

Deno.test("meanOf(), varianceOf() and sumOver() say NaN of what they cannot tell, and 0 of no sum", () => {
  assert.equal(meanOf([1, 2, 6]), 3);
  assert.equal(varianceOf([1, 2, 6]), 7);
  assert.equal(sumOver([1, 2], (value, index) => value * index), 2);
  assert.equal(sumOver([], () => 1), 0);
  assert.ok(Number.isNaN(meanOf([])) && Number.isNaN(varianceOf([1])));
});

Deno.test("leastBy() and mostBy() take as many values as there are", () => {
  const many = Array.from({ length: 200_000 }, (_, index) => ({ index }));
  assert.equal(leastBy(many, ({ index }) => index), 0);
  assert.equal(mostBy(many, ({ index }) => index), 199_999);
  assert.deepEqual([leastBy([], Number), mostBy([], Number)], [Infinity, -Infinity]);
});

Deno.test("a run of some hours can be read and shown", () => {
  const spans = Array.from(
    { length: 140_000 },
    (_, i) => ({ startMs: 50 * i, endMs: 50 * i + 50 }),
  );
  const samples: PowerSample[] = spans.map((span) => ({ ...span, energyMj: { cpu: 1 } }));
  const tokens = spans.map((span, index) => ({
    ...span,
    index: index % 100,
    repetition: Math.floor(index / 100),
    tokenId: 1,
    text: "a",
    phase: "decode" as const,
  }));
  const trace = { samples, phases: [], tokens } as unknown as RunTrace;
  const { measured } = partialResult(trace);
  assert.deepEqual(measured, { repetitions: 1400, durationMs: 7_000_000, energyMj: null });
  const run = { trace, power: { rails: ["cpu"] } } as unknown as ProfilingRun;
  assert.equal(timelineTables(run)[1]!.rows.length, 140_000);
});

Deno.test("a run of very many short answers can be shown", () => {
  const phases = Array.from({ length: 140_000 }, (_, repetition) => ({
    name: "decode",
    repetition,
    startMs: 2 * repetition,
    endMs: 2 * repetition + 2,
    energyMj: 3,
  }));
  const scale = { startMs: 0, endMs: 280_000, left: 0, pxPerMs: 0.002 };
  assert.deepEqual(phaseShades(phases, scale), [{ startMs: 0, endMs: 280_000, shade: "decode" }]);
  const tokens = phases.map((phase) => ({ ...phase, phase: "decode", index: 1 }));
  const run = {
    runId: "short",
    model: { name: "tiny", precision: "fp32" },
    power: { kind: "measured" },
    trace: { samples: [], phases, tokens },
  } as unknown as ProfilingRun;
  const points = repetitionPoints(run);
  assert.deepEqual([points.length, points[1]!.mj, points[1]!.atMs], [140_000, 3, 3]);
});
