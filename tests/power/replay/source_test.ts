import assert from "node:assert/strict";
import { nowMs } from "../../../lib/clock.ts";
import { InputError } from "../../../lib/errors.ts";
import { PowerMonitor } from "../../../lib/power/monitor.ts";
import { powerRecordingJson } from "../../../lib/power/replay/recording.ts";
import { ReplaySource } from "../../../lib/power/replay/source.ts";
import type { PowerSourceSpec } from "../../../lib/power/source.ts";
import type { RawPowerBatch } from "../../../lib/record.ts";
import { until, withPrograms } from "../fixtures/programs.ts";
import { fakeRecord } from "../fixtures/records.ts";
import { recording, recordingTest } from "../fixtures/recordings.ts";
import { type StandInMode, withStandIn } from "../fixtures/stand_in.ts";

/** All that must come out the same. */
function outcome(monitor: PowerMonitor) {
  const { losses, died } = monitor;
  return { alignment: monitor.alignment(), findings: monitor.findings(), losses, died };
}

async function replayed(source: PowerSourceSpec) {
  await using monitor = new PowerMonitor({ source, intervalMs: 50 });
  await monitor.start();
  await monitor.stop();
  return { ...outcome(monitor), raw: monitor.takeRaw(), info: monitor.info };
}

async function recorded(mode: StandInMode, records: number) {
  let taken: { seen: ReturnType<typeof outcome>; batches: RawPowerBatch[]; monitor: PowerMonitor };
  await withStandIn(mode, async () => {
    const monitor = new PowerMonitor({ source: "powermetrics", intervalMs: 50 });
    await monitor.start();
    await until(() => monitor.samples().length >= records || monitor.died !== null);
    const batches = [monitor.takeRaw()];
    await monitor.stop();
    batches.push(monitor.takeRaw());
    const kept = batches.filter((batch) => batch !== null);
    taken = { seen: outcome(monitor), batches: kept, monitor };
  });
  return taken!;
}

for (const [mode, records] of [["garbage", 30], ["dies", 4]] as const) {
  Deno.test(`a replay of powermetrics gives all again, bit for bit (${mode})`, async () => {
    const { seen, batches, monitor: { info } } = await recorded(mode, records);
    assert.ok(seen.alignment.samples.length >= records);
    const { raw, info: again, ...same } = await replayed({ name: "replay", batches, info });
    assert.deepEqual(same, seen);
    assert.equal(again.kind, "measured");
    assert.match(again.label, /CPU\+GPU\+ANE \(powermetrics\), replayed/);

    // And a replay of the replay, and of a file.
    const { raw: _raw, info: _info, ...second } = await replayed({
      name: "replay",
      batches: [raw!],
      info,
    });
    assert.deepEqual(second, seen);
    const path = await Deno.makeTempFile({ suffix: ".json" });
    await Deno.writeTextFile(path, powerRecordingJson({ info, batches }));
    const { raw: _, info: __, ...third } = await replayed({ name: "replay", path });
    assert.deepEqual(third, seen);
    await Deno.remove(path);
  });
}

Deno.test("a replay of macmon gives all again, bit for bit", async () => {
  const line = `{"cpu_power":2.1,"gpu_power":0.3,"ane_power":0,"ram_power":0,"sys_power":7.7}`;
  const script = `while :; do echo '${line}'; sleep 0.07; echo oops; done`;
  await withPrograms({ macmon: script }, async () => {
    const monitor = new PowerMonitor({ source: "macmon", intervalMs: 50 });
    await monitor.start();
    await until(() => monitor.samples().length >= 5);
    await monitor.stop();
    const { info } = monitor;
    const batches = [monitor.takeRaw()!];
    const { raw: _, info: __, ...same } = await replayed({ name: "replay", batches, info });
    assert.deepEqual(same, outcome(monitor));
  });
});

Deno.test("a paced replay brings the records to now, again and again, and is called simulated", async () => {
  const startMs = Date.parse("2026-01-01T00:00:00Z");
  const xml = [0, 1, 2].map((i) =>
    fakeRecord({ elapsedNs: 50e6, timestampMs: startMs + 50 * i, energyMj: { cpu: 100 + i } })
  ).join("\0");
  const path = await Deno.makeTempFile({ suffix: ".plist" });
  await Deno.writeTextFile(path, xml);
  const beforeMs = nowMs();
  await using monitor = new PowerMonitor({ source: `replay:${path}`, intervalMs: 50 });
  await monitor.start();
  await until(() => monitor.samples().length >= 7);
  await monitor.stop();
  const samples = monitor.samples();
  assert.deepEqual(
    samples.map(({ energyMj }) => energyMj.cpu),
    samples.map((_, i) => 100 + i % 3),
  );
  assert.ok(samples[0]!.startMs > beforeMs - 1000 && samples.at(-1)!.endMs < nowMs() + 1000);
  assert.equal(monitor.died, null);
  assert.equal(monitor.info.kind, "simulated");
  assert.match(monitor.info.label, /of another run/);
  await Deno.remove(path);
});

recordingTest("ReplaySource takes the output of powermetrics as it stands", async () => {
  const path = await Deno.makeTempFile();
  await Deno.writeFile(path, recording("m4max-macos26.2.plist"));
  const { alignment: { samples } } = await replayed({ name: "replay", path });
  assert.equal(samples.length, 1);
  assert.ok(Math.abs(samples[0]!.endMs - samples[0]!.startMs - 1023.685) < 0.3);
  assert.equal(samples[0]!.energyMj.cpu, 3049);
  await Deno.remove(path);
});

Deno.test("ReplaySource says what it cannot replay", async () => {
  const path = await Deno.makeTempFile();
  const file = (text: string) => {
    Deno.writeTextFileSync(path, text);
    return { path };
  };
  const cases: [() => { path?: string }, RegExp][] = [
    [() => ({}), /neither a file nor batches/],
    [() => ({ path: "/nowhere/power.json" }), /there is no such file/],
    [() => ({ path: "/" }), /directory/i],
    ...Deno.build.os === "windows"
      ? []
      : [[() => ({ path: "/dev/zero" }), /it is not a file/] as [() => { path: string }, RegExp]],
    [() => file(""), /holds no recording/],
    [() => file(`{"info":{}}`), /holds no recording/],
    [() => file("SQLite format 3"), /pass one of powerRecordingJson/],
  ];
  for (const [options, message] of cases) {
    assert.throws(() => new ReplaySource(options()), (error) => {
      assert.ok(error instanceof InputError, String(error));
      assert.match(error.message, message);
      return true;
    });
  }
  const probe = await new ReplaySource(file("<?xml version='1.0'?><plist></plist>")).probe();
  assert.match(probe.reason!, /none of its records can be read/);

  const info = new PowerMonitor({ source: "estimate" }).info;
  const torn = { format: "json" as const, arrivalsMs: [1, 2], gzip: new Uint8Array([31, 139, 8]) };
  const source = { name: "replay" as const, info, batches: [torn] };
  await assert.rejects(new PowerMonitor({ source }).start(), InputError);
  await Deno.remove(path);
});
