import assert from "node:assert/strict";
import { nowMs, wallAheadMs } from "../../../lib/clock.ts";
import { type AlignableRecord, alignRecords } from "../../../lib/power/mod.ts";
import { playVirtually, type VirtualRun } from "../../../lib/power/rig/mod.ts";

const HOURS_MS = 5 * 3_600_000;

function play(seed: number, wallPpm = 0): VirtualRun {
  return playVirtually({
    seed,
    chip: "m4max",
    phases: [{ phase: "decode", durationMs: 60_000 }],
    traits: { wallPpm, gapMs: 0 },
  });
}

function assertDated(run: VirtualRun, records: readonly AlignableRecord[]): void {
  const { samples, boundMs, findings } = alignRecords(records, run.arrivalsMs, {
    spawnMs: run.spawnMs,
    intervalMs: 100,
  });
  assert.deepEqual(findings, []);
  assert.ok(boundMs < 60, `${boundMs} ms`);
  samples.forEach(({ endMs }, i) => assert.ok(Math.abs(endMs - run.endsMs[i]!) <= boundMs + 0.05));
}

Deno.test("wallAheadMs() is what the two clocks differ by", () => {
  assert.ok(Math.abs(Date.now() - nowMs() - wallAheadMs()) < 50);
});

Deno.test("alignRecords() dates records of a machine that has slept since our clock began", () => {
  for (let seed = 1; seed <= 5; seed++) {
    const run = play(seed);
    assertDated(
      run,
      run.records.map((record) => ({
        ...record,
        timestampMs: record.timestampMs! + HOURS_MS,
        wallAheadMs: record.wallAheadMs! + HOURS_MS,
      })),
    );
  }
});

Deno.test("alignRecords() does not mind a wall clock that is set or slewed, where that is known", () => {
  for (const ms of [-40_000, -1200, 700, 3_600_000]) {
    const run = play(3);
    assertDated(
      run,
      run.records.map((record, i) => ({
        ...record,
        // The record on the way while the clock was set was stamped before.
        timestampMs: record.timestampMs! + (i > 200 ? 1000 * Math.round(ms / 1000) : 0),
        wallAheadMs: record.wallAheadMs! + (i >= 200 ? 1000 * Math.round(ms / 1000) : 0),
      })),
    );
  }
  for (const ppm of [-150, 150]) assertDated(play(4, ppm), play(4, ppm).records);
});
