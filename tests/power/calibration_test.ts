import assert from "node:assert/strict";
import { InputError } from "../../lib/errors.ts";
import { calibrate, type Calibration } from "../../lib/power/calibration.ts";
import {
  calibrationPath,
  loadCalibration,
  saveCalibration,
  thisBoot,
} from "../../lib/power/calibration_file.ts";
import { fitLatch, type LatchDelay, type Pulse } from "../../lib/power/calibration_fit.ts";
import type { PowerSample } from "../../lib/record.ts";
import { seeded } from "./fixtures/recordings.ts";
import { simulate } from "./fixtures/simulated.ts";
import { withStandIn } from "./fixtures/stand_in.ts";

const RUNS = Deno.env.get("TOKENWATT_LONG") === undefined ? 40 : 400;
const IDLE_MW = 400;
const BUSY_MW = 12_000;
/** Clocks of CPUs rise within some milliseconds, and their power with them. */
const RISE_MS = 4;

/** Six pulses as a meter shows them whose counters are read `lagMs` after the dates of its records. */
function pulsesSeen(seed: number, lagMs: number): { samples: PowerSample[]; train: Pulse[] } {
  const random = seeded(seed);
  const { starts, ends } = simulate({ seed, seconds: 10, stamps: "start" });
  const train: Pulse[] = [];
  let atMs = starts[0]! + 1000 + 100 * random();
  for (let i = 0; i < 6; i++) {
    const endMs = atMs + 500 + 10 * random();
    train.push({ startMs: atMs, endMs });
    atMs = endMs + 500 + 20 * i;
  }
  // Energy from the first start until `ms`: power rises in a line at the start of each pulse.
  const energyUntil = (ms: number) =>
    train.reduce((sum, { startMs, endMs }) => {
      const inside = Math.max(0, Math.min(ms, endMs) - startMs);
      const ramp = Math.min(inside, RISE_MS);
      return sum + (BUSY_MW - IDLE_MW) * (ramp * ramp / (2 * RISE_MS) + inside - ramp);
    }, IDLE_MW * (ms - starts[0]!)) / 1000;
  const samples = starts.map((startMs, i) => {
    const jitterMs = 2 * (random() - 0.5);
    const energy = energyUntil(ends[i]! + lagMs + jitterMs) - energyUntil(startMs + lagMs);
    return { startMs, endMs: ends[i]!, energyMj: { cpu: Math.round(energy), gpu: 3, ane: 0 } };
  });
  return { samples, train };
}

for (const lagMs of [-5, 0, 17, 36.5]) {
  Deno.test(`fitLatch() recovers a delay of ${lagMs} ms, and its interval holds it`, () => {
    let held = 0;
    for (let seed = 1; seed <= RUNS; seed++) {
      const { samples, train } = pulsesSeen(seed, lagMs);
      const latch = fitLatch(samples, "cpu", train);
      assert.ok(latch !== null);
      assert.ok(Math.abs(latch.delayMs - lagMs) <= 5, `seed ${seed}: ${latch.delayMs} ms`);
      assert.ok(latch.highMs - latch.lowMs < 20, `seed ${seed}: ${JSON.stringify(latch)}`);
      if (latch.lowMs <= lagMs && lagMs <= latch.highMs) held++;
    }
    assert.ok(held >= 0.95 * RUNS, `${held} of ${RUNS} intervals hold the truth`);
  });
}

Deno.test("fitLatch() tells nothing of a rail that did not answer, or of a few records", () => {
  const { samples, train } = pulsesSeen(3, 10);
  assert.equal(fitLatch(samples, "gpu", train), null);
  assert.equal(fitLatch(samples, "dram", train), null);
  assert.equal(fitLatch(samples.slice(0, 12), "cpu", train), null);
  assert.equal(fitLatch(samples, "cpu", []), null);
});

Deno.test("calibrate() finds almost no delay in the estimate, which reads its own clock", async () => {
  const delays: LatchDelay[] = [];
  // Who shares the machine can hold a pulse up: one of three must come out as it is.
  for (let i = 0; i < 3 && !delays.some(isAlmostNone); i++) {
    const seen: number[] = [];
    const { latchMs, boundMs, observerMw, source } = await calibrate({
      source: "estimate",
      intervalMs: 50,
      pulses: 3,
      idleSeconds: 0.2,
      live: (_stage, fraction) => seen.push(fraction),
    });
    assert.equal(source, "estimate");
    assert.equal(boundMs, 0);
    assert.ok(observerMw !== null && Number.isFinite(observerMw));
    assert.deepEqual(seen, seen.toSorted((a, b) => a - b));
    assert.equal(seen.at(-1), 1);
    if (latchMs.cpu !== undefined) delays.push(latchMs.cpu);
  }
  assert.ok(delays.some(isAlmostNone), JSON.stringify(delays));
});

/** The kernel books CPU time in steps of 4 ms. */
function isAlmostNone({ delayMs, lowMs, highMs }: LatchDelay): boolean {
  return Math.abs(delayMs) <= 10 && lowMs <= 5 && highMs >= -5;
}

Deno.test("calibrate() finds no delay where power does not follow the work", async () => {
  await withStandIn("normal", async () => {
    const { latchMs } = await calibrate({
      source: "powermetrics",
      intervalMs: 50,
      pulses: 2,
      idleSeconds: 0,
    });
    assert.deepEqual(latchMs, {});
  });
});

Deno.test("calibrate() ends when told to, and refuses what cannot be", async () => {
  const signal = AbortSignal.timeout(300);
  await assert.rejects(calibrate({ source: "estimate", signal }), { name: "TimeoutError" });
  for (const options of [{ pulses: 0 }, { pulses: 1.5 }, { idleSeconds: -1 }, { intervalMs: 7 }]) {
    await assert.rejects(calibrate({ source: "estimate", ...options }), InputError);
  }
});

const KEPT: Calibration = {
  source: "powermetrics",
  intervalMs: 100,
  ...thisBoot(),
  measuredAtMs: 1,
  latchMs: { cpu: { delayMs: 17, lowMs: 15, highMs: 20 } },
  boundMs: 3,
  observerMw: 40,
};

async function withCache(body: (path: string) => void): Promise<void> {
  const before = Deno.env.get("XDG_CACHE_HOME");
  const folder = await Deno.makeTempDir({ prefix: "tokenwatt-cache-" });
  Deno.env.set("XDG_CACHE_HOME", folder);
  try {
    body(calibrationPath());
  } finally {
    if (before === undefined) Deno.env.delete("XDG_CACHE_HOME");
    else Deno.env.set("XDG_CACHE_HOME", before);
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("loadCalibration() finds what was kept for this source, cadence and boot", async () => {
  await withCache(() => {
    assert.equal(loadCalibration("powermetrics", 100), null);
    saveCalibration({ ...KEPT, observerMw: 1 });
    saveCalibration(KEPT);
    saveCalibration({ ...KEPT, intervalMs: 200 });
    assert.deepEqual(loadCalibration("powermetrics", 100), KEPT);
    assert.equal(loadCalibration("powermetrics", 200)?.intervalMs, 200);
    assert.equal(loadCalibration("powermetrics", 50), null);
    assert.equal(loadCalibration("macmon", 100), null);
    saveCalibration({ ...KEPT, bootMs: KEPT.bootMs - 3_600_000 });
    assert.equal(loadCalibration("powermetrics", 100), null, "of an earlier boot");
    saveCalibration({ ...KEPT, host: "another" });
    assert.equal(loadCalibration("powermetrics", 100), null, "of another machine");
  });
});

Deno.test("saveCalibration() keeps none in which no rail answered, and leaves the older one", async () => {
  await withCache((path) => {
    assert.equal(saveCalibration({ ...KEPT, latchMs: {} }), false);
    assert.throws(() => Deno.statSync(path), Deno.errors.NotFound);
    assert.equal(saveCalibration(KEPT), true);
    assert.equal(saveCalibration({ ...KEPT, latchMs: {} }), false);
    assert.deepEqual(loadCalibration("powermetrics", 100), KEPT);
  });
});

Deno.test("loadCalibration() takes no damaged file, and saveCalibration() writes it anew", async () => {
  await withCache((path) => {
    saveCalibration(KEPT);
    const texts = [
      "",
      "{}",
      "[null, 1]",
      "[" + JSON.stringify({ ...KEPT, latchMs: { cpu: 1 } }) + "]",
    ];
    for (const text of texts) {
      Deno.writeTextFileSync(path, text);
      assert.equal(loadCalibration("powermetrics", 100), null, text);
    }
    saveCalibration(KEPT);
    assert.deepEqual(loadCalibration("powermetrics", 100), KEPT);
  });
});
