import assert from "node:assert/strict";
import type { ProfilingRun } from "../../lib/record.ts";
import { figuresOf } from "../../lib/store/figures.ts";

Deno.test("figuresOf() tells no peak of a rail that comes in batches", () => {
  const run = (findings: Partial<ProfilingRun["findings"][number]>[]) =>
    ({
      trace: {
        samples: [
          { startMs: 0, endMs: 100, energyMj: { cpu: 0, gpu: 50 } },
          { startMs: 100, endMs: 200, energyMj: { cpu: 4000, gpu: 60 } },
        ],
        phases: [{ name: "decode", repetition: 0, startMs: 0, endMs: 200, energyMj: null }],
        tokens: [],
      },
      power: { rails: ["cpu", "gpu"] },
      totals: { energyMj: null, durationMs: 200 },
      findings,
    }) as unknown as ProfilingRun;
  assert.deepEqual(figuresOf(run([])).peakMwByRail, { cpu: 40_000, gpu: 600 });
  const batched = { kind: "batched-rail", rail: "cpu" } as const;
  assert.deepEqual(figuresOf(run([batched])).peakMwByRail, { gpu: 600 });
});
