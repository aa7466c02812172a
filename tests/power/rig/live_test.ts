import assert from "node:assert/strict";
import { nowMs, pause } from "../../../lib/clock.ts";
import { InputError } from "../../../lib/errors.ts";
import { type Alignment, PowerMonitor } from "../../../lib/power/mod.ts";
import type { RigOverrides, StandInTruth } from "../../../lib/power/rig/mod.ts";
import { withRig } from "./rig_stand_in.ts";

/** As exact as a rig can be, so that what it says can be checked record by record. */
const PLAIN: RigOverrides = { gapMs: 0, ratePpm: 0, stamps: "end" };

function assertDatedWithinBound({ samples, boundMs }: Alignment, truths: readonly StandInTruth[]) {
  assert.ok(truths.length >= samples.length, `${truths.length} of ${samples.length}`);
  samples.forEach(({ startMs, endMs, energyMj }, i) => {
    const truth = truths[i]!;
    assert.deepEqual(energyMj, truth.energyMj);
    // Two processes read the wall clock apart: a millisecond for that.
    assert.ok(Math.abs(startMs - truth.startMs) <= boundMs + 1, `start of ${i}`);
    assert.ok(Math.abs(endMs - truth.endMs) <= boundMs + 1, `end of ${i}`);
  });
}

/** Idle, half a second of work, idle; returns the mean power of each of the three in mW. */
async function pulse(monitor: PowerMonitor, enter: (phase: "decode" | "idle") => void) {
  await monitor.start();
  await pause(400);
  const fromMs = nowMs();
  enter("decode");
  await pause(700);
  const toMs = nowMs();
  enter("idle");
  await pause(500);
  await monitor.stop();
  const samples = monitor.samples();
  // Latch, bound and a hint's way: what lies this close to a change may belong to either side.
  const farMs = 100;
  const meanMw = (leastMs: number, mostMs: number) => {
    const inside = samples.filter(({ startMs, endMs }) =>
      startMs >= leastMs + farMs && endMs <= mostMs - farMs
    );
    assert.ok(inside.length > 0, `no record from ${leastMs} to ${mostMs}`);
    return inside.reduce(
      (sum, { startMs, endMs, energyMj }) => sum + (energyMj.cpu ?? NaN) / (endMs - startMs) * 1000,
      0,
    ) / inside.length;
  };
  return [meanMw(-Infinity, fromMs), meanMw(fromMs, toMs), meanMw(toMs, Infinity)] as const;
}

Deno.test("a PowerMonitor on rig:m4max plays the phases that it is told", async () => {
  await using monitor = new PowerMonitor({ source: "rig:m4max" });
  const [before, during, after] = await pulse(monitor, (phase) => monitor.hint(phase));
  assert.ok(before < 300 && after < 300, `${before} and ${after} mW idle`);
  assert.ok(during > 25_000 && during < 45_000, `${during} mW at work`);
  assert.equal(monitor.info.kind, "simulated");
  assert.equal(monitor.info.label, "simulated M4 Max");
  assert.equal(monitor.died, null);
  assert.deepEqual(monitor.losses, []);
  assert.equal(monitor.takeRaw()?.format, "plist");
});

Deno.test("the rig stands in for powermetrics as a process, and knows the truth", async () => {
  await withRig({ chip: "m4pro", seed: 3, traits: { ...PLAIN, complains: true } }, async (rig) => {
    await using monitor = new PowerMonitor({ source: "powermetrics" });
    const [before, during, after] = await pulse(monitor, (phase) => rig.enter(phase, nowMs()));
    assert.ok(during > 20 * Math.max(before, after), `${before}, ${during}, ${after} mW`);
    assert.equal(monitor.died, null);
    assertDatedWithinBound(monitor.alignment(), rig.truth());
    assert.ok(rig.truth().every(({ trueMj }) => trueMj > 0));
  });
});

Deno.test("a rig that dies in the middle of a record is a sampler that died", async () => {
  const traits = { ...PLAIN, death: { afterRecords: 3, halfWay: true } };
  await withRig({ chip: "m1", traits }, async () => {
    await using monitor = new PowerMonitor({ source: "powermetrics", intervalMs: 50 });
    await monitor.start();
    for (let i = 0; i < 200 && monitor.died === null; i++) await pause(25);
    assert.match(monitor.died!, /died after 3 records.*IOReport subscription lost/);
    assert.equal(monitor.samples().length, 3);
    assert.deepEqual(monitor.losses.map(({ reason }) => reason), ["the last record was cut off"]);
  });
});

Deno.test("a simulated source that dies is a finding too", async () => {
  const traits = { ...PLAIN, death: { afterRecords: 2, halfWay: false } };
  await using monitor = new PowerMonitor({
    source: { name: "rig", chip: "m2", traits },
    intervalMs: 50,
  });
  await monitor.start();
  for (let i = 0; i < 200 && monitor.died === null; i++) await pause(25);
  assert.match(monitor.died!, /simulated M2 ended by itself/);
  assert.equal(monitor.samples().length, 2);
});

Deno.test("rig:CHIP refuses chips that it does not know, and names those that it does", () => {
  for (const source of ["rig:", "rig:m9", "rig:constructor"]) {
    assert.throws(() => new PowerMonitor({ source }), (error: unknown) => {
      assert.ok(error instanceof InputError);
      assert.match(error.remedy, /rig:m1, .*rig:m4max/);
      return true;
    });
  }
});
