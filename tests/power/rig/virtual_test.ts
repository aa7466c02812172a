import assert from "node:assert/strict";
import { checkSampling } from "../../../lib/power/check.ts";
import { alignRecords } from "../../../lib/power/align.ts";
import { scanRecord } from "../../../lib/power/powermetrics/scan.ts";
import {
  playVirtually,
  recordXml,
  RIG_CHIP_NAMES,
  RIG_CHIPS,
  RIG_RAILS,
  type RigOverrides,
  type RigRail,
  type RigSession,
  type VirtualRun,
} from "../../../lib/power/rig/mod.ts";

const EXACT: RigOverrides = {
  gapMs: 0,
  latchMs: { cpu: 0, gpu: 0, ane: 0 },
  latchJitterMs: 0,
  ratePpm: 0,
  wallPpm: 0,
};

function play(seed: number, traits: RigOverrides = {}, seconds = 30): VirtualRun {
  return playVirtually({
    seed,
    chip: RIG_CHIP_NAMES[seed % RIG_CHIP_NAMES.length]!,
    phases: [{ phase: "idle", durationMs: 2000 }, { phase: "decode", durationMs: seconds * 1000 }],
    traits,
  });
}

const sumMj = ({ records }: VirtualRun, rail: RigRail) =>
  records.reduce((sum, { energyMj }) => sum + (energyMj[rail] ?? 0), 0);

function findings(run: VirtualRun): string[] {
  const { samples } = alignRecords(run.records, run.arrivalsMs, { intervalMs: 100 });
  return checkSampling(samples, { records: run.records, askedMs: 100 }).map(({ kind }) => kind);
}

Deno.test("playVirtually() plays the same run for the same seed, and another for another", () => {
  assert.deepEqual(play(5).records, play(5).records);
  assert.notDeepEqual(play(5).records, play(10).records);
});

Deno.test("playVirtually() counts all energy: nothing is lost between contiguous records", () => {
  for (let seed = 1; seed <= 10; seed++) {
    const run = play(seed, EXACT);
    for (const rail of RIG_RAILS) {
      const trueMj = run.schedule.energyMj(rail, run.startsMs[0]!, run.endsMs.at(-1)!);
      // A counter of whole mJ is off by 1 at most; the GPU's is rounded for each record.
      const offMj = rail === "gpu" ? run.records.length / 2 : 1;
      assert.ok(Math.abs(sumMj(run, rail) - trueMj) <= offMj, `seed ${seed}, ${rail}`);
    }
  }
});

Deno.test("playVirtually() reads the counters as late as the latch says", () => {
  const latchMs = { cpu: 40, gpu: -5, ane: 0 };
  const run = play(4, { ...EXACT, latchMs });
  for (let i = 0; i < run.records.length; i++) {
    const trueMj = run.schedule.energyMj("cpu", run.startsMs[i]! + 40, run.endsMs[i]! + 40);
    assert.ok(Math.abs(run.records[i]!.energyMj.cpu! - trueMj) <= 1, `record ${i}`);
  }
});

Deno.test("playVirtually() never lets a record arrive before it can be known, nor out of order", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const run = play(seed);
    const readLateMs = Math.max(0, ...Object.values(run.traits.latchMs));
    run.arrivalsMs.forEach((arrivalMs, i) => {
      assert.ok(arrivalMs > run.endsMs[i]! + readLateMs, `seed ${seed}, record ${i}`);
      assert.ok(i === 0 || arrivalMs >= run.arrivalsMs[i - 1]!, `seed ${seed}, record ${i}`);
    });
  }
});

Deno.test("playVirtually() leaves the stated gap and rate between and in the records", () => {
  const run = play(7, { ...EXACT, gapMs: 0.8, ratePpm: 150 });
  for (let i = 1; i < run.records.length; i++) {
    const gapMs = run.startsMs[i]! - run.endsMs[i - 1]!;
    assert.ok(gapMs >= 0.72 && gapMs <= 0.88, `${gapMs}`);
    const trueNs = (run.endsMs[i]! - run.startsMs[i]!) * 1e6;
    assert.ok(Math.abs(trueNs / run.records[i]!.elapsedNs - 1 - 150e-6) < 1e-5);
  }
});

Deno.test("playVirtually() stamps either end of the interval, in whole seconds", () => {
  for (const stamps of ["start", "end"] as const) {
    const run = play(3, { ...EXACT, stamps, stampDelayMs: 0 });
    run.records.forEach(({ timestampMs }, i) => {
      const boundaryMs = stamps === "start" ? run.startsMs[i]! : run.endsMs[i]!;
      assert.equal(timestampMs, Math.floor(boundaryMs / 1000) * 1000);
    });
  }
});

// Recorded ranges: shared notes on powermetrics, 4.6.
const RANGES: [RigSession, (typeof RIG_CHIP_NAMES)[number], number, number][] = [
  ["shell", "m1", 104, 110],
  ["shell", "m2", 102, 109],
  ["shell", "m3max", 118, 121],
  ["shell", "m4pro", 116, 129],
  ["interactive", "m3max", 126, 132],
  ["background", "m3max", 171, 178],
  ["unattended", "m3max", 243, 248],
];

for (const [session, chip, leastMs, mostMs] of RANGES) {
  Deno.test(`playVirtually() keeps the recorded cadence of ${chip} (${session})`, () => {
    for (let seed = 1; seed <= 5; seed++) {
      const phases = [{ phase: "idle", durationMs: 20_000 }] as const;
      const { records } = playVirtually({ seed, chip, phases, traits: { session } });
      const lengths = records.map(({ elapsedNs }) => elapsedNs / 1e6).sort((a, b) => a - b);
      const median = lengths[lengths.length >> 1]!;
      assert.ok(median >= leastMs && median <= mostMs, `${median}`);
    }
  });
}

Deno.test("a run of the rig without faults raises no finding of the self-check", () => {
  for (let seed = 1; seed <= 15; seed++) {
    assert.deepEqual(findings(play(seed, { ...EXACT, session: "shell" })), [], `seed ${seed}`);
  }
});

Deno.test("batches, stuck rails and slow cadences of the rig raise theirs", () => {
  const cases: [RigOverrides, string][] = [
    [{ batched: { rail: "cpu", everyMs: 2100 } }, "batched-rail"],
    [{ stuck: { rail: "cpu", fromRecord: 0, at: "zero" } }, "stuck-rail"],
    [{ stuck: { rail: "cpu", fromRecord: 100, at: "last" } }, "stuck-rail"],
    [{ session: "unattended" }, "cadence"],
  ];
  for (const [traits, kind] of cases) {
    const found = findings(play(2, { ...EXACT, ...traits }));
    assert.ok(found.includes(kind), `${JSON.stringify(traits)} gave ${found}`);
  }
});

Deno.test("a batched rail of the rig keeps its energy, a stuck one does not", () => {
  const trueMj = sumMj(play(2, EXACT), "cpu");
  const batchedMj = sumMj(play(2, { ...EXACT, batched: { rail: "cpu", everyMs: 2100 } }), "cpu");
  // What the last batch has not published yet.
  assert.ok(batchedMj <= trueMj && batchedMj > 0.85 * trueMj, `${batchedMj} of ${trueMj}`);
  const zero = { rail: "cpu", fromRecord: 0, at: "zero" } as const;
  assert.equal(sumMj(play(2, { ...EXACT, stuck: zero }), "cpu"), 0);
});

Deno.test("playVirtually() dies after so many records", () => {
  assert.equal(play(2, { death: { afterRecords: 17, halfWay: false } }).records.length, 17);
});

Deno.test("recordXml() writes what the scan reads back, for each chip", () => {
  for (const chip of RIG_CHIP_NAMES) {
    const { records } = playVirtually({
      seed: 1,
      chip,
      phases: [{ phase: "decode", durationMs: 500 }],
    });
    for (const record of records) {
      const { elapsedNs, timestampMs, energyMj, gpuActivity } = record;
      const { cpu, gpu, ane } = energyMj;
      const xml = recordXml({
        chip,
        elapsedNs,
        timestampMs: timestampMs!,
        energyMj: { cpu: cpu!, gpu: gpu!, ane: ane! },
        gpuActivity: gpuActivity!,
      });
      const scanned = scanRecord(xml);
      assert.ok(typeof scanned === "object" && scanned !== null, String(scanned));
      assert.deepEqual(scanned.energyMj, { cpu, gpu, ane });
      assert.equal(scanned.elapsedNs, elapsedNs);
      assert.equal(scanned.timestampMs, timestampMs);
      assert.ok(Math.abs(scanned.gpuActivity! - gpuActivity!) < 1e-6);
    }
  }
});

Deno.test("recordXml() has the size of the recordings", () => {
  // 56 KB on an M4 Max (shared notes on powermetrics, 4.1); a few kB less without `ane_power`.
  const { length } = recordXml({ chip: "m4max" });
  assert.ok(length > 50_000 && length < 60_000, `${length}`);
  assert.ok(RIG_CHIPS.m4max.hasDown && recordXml({ chip: "m4max" }).includes("down_ns"));
  assert.ok(!recordXml({ chip: "m1" }).includes("down_ns"));
});
