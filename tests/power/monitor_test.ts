import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { nowMs } from "../../lib/clock.ts";
import { InputError } from "../../lib/errors.ts";
import { detectPowerSource } from "../../lib/power/detect.ts";
import { PowerMonitor } from "../../lib/power/monitor.ts";
import { readPowermetrics } from "../../lib/power/powermetrics/read.ts";
import type { PowerSample } from "../../lib/record.ts";
import { type StandInMode, withStandIn } from "./fixtures/stand_in.ts";

const BLOCKED_MS = 2000;

function wait(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

function assertContiguous(samples: readonly PowerSample[]): void {
  for (let i = 1; i < samples.length; i++) {
    assert.ok(Math.abs(samples[i]!.startMs - samples[i - 1]!.endMs) < 1e-3, `sample ${i}`);
  }
}

async function until(isTrue: () => boolean): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if (isTrue()) return;
    await wait(25);
  }
  assert.fail("It did not happen within 10 s");
}

Deno.test("PowerMonitor samples from start() to stop(), and keeps what it has", async () => {
  const monitor = new PowerMonitor({ source: "estimate", intervalMs: 50 });
  assert.equal(monitor.isRunning, false);
  assert.equal(monitor.current(), null);
  assert.deepEqual(monitor.samples(), []);
  const beforeMs = nowMs();
  await monitor.start();
  assert.equal(monitor.isRunning, true);
  assert.deepEqual(monitor.current(), monitor.samples().at(-1));
  await wait(300);
  const stopMs = nowMs();
  await monitor.stop();
  assert.equal(monitor.isRunning, false);
  assert.equal(monitor.died, null);

  const samples = monitor.samples();
  assertContiguous(samples);
  assert.ok(samples.length >= 4, `${samples.length}`);
  assert.ok(samples[0]!.startMs >= beforeMs);
  assert.ok(samples.at(-1)!.endMs >= stopMs, "the time up to stop() is covered");
  assert.equal(monitor.alignment().boundMs, 0);
  assert.equal(monitor.info.kind, "estimated");

  const raw = monitor.takeRaw()!;
  assert.equal(raw.format, "json");
  assert.equal(raw.arrivalsMs.length, samples.length);
  const lines = gunzipSync(raw.gzip).toString().trim().split("\n");
  assert.deepEqual(lines.map((line) => JSON.parse(line).endMs), samples.map(({ endMs }) => endMs));
  assert.equal(monitor.takeRaw(), null);
});

Deno.test("PowerMonitor loses nothing while the thread of its user is blocked", async () => {
  await withStandIn("normal", async (truth) => {
    await using monitor = new PowerMonitor({ source: "powermetrics", intervalMs: 100 });
    await monitor.start();
    const startMs = nowMs();
    while (nowMs() - startMs < BLOCKED_MS);
    const endMs = nowMs();
    await monitor.stop();

    const samples = monitor.samples();
    assertContiguous(samples);
    assert.ok(samples.at(-1)!.endMs >= endMs - monitor.alignment().boundMs);
    const trueRecords = truth();
    assert.ok(samples.length >= 8, `${samples.length}`);
    assert.ok(trueRecords.length >= samples.length);
    const { boundMs, convention } = monitor.alignment();
    samples.forEach((sample, i) => {
      const { startMs, endMs, energyMj } = trueRecords[i]!;
      assert.deepEqual(sample.energyMj, energyMj);
      // Two processes read the wall clock apart: a millisecond for that.
      assert.ok(Math.abs(sample.startMs - startMs) <= boundMs + 1, `start of ${i}`);
      assert.ok(Math.abs(sample.endMs - endMs) <= boundMs + 1, `end of ${i}`);
    });
    assert.equal(convention, "start");
    assert.deepEqual(monitor.losses, []);

    const raw = monitor.takeRaw()!;
    assert.equal(raw.format, "plist");
    const bytes = new Blob([Uint8Array.from(gunzipSync(raw.gzip))]).stream();
    const energies = [];
    for await (const event of readPowermetrics(bytes)) {
      assert.ok("record" in event);
      energies.push(event.record.energyMj);
    }
    assert.deepEqual(energies, samples.map(({ energyMj }) => energyMj));
  });
});

Deno.test("PowerMonitor.start() called twice starts one sampler", async () => {
  const monitor = new PowerMonitor({ source: "estimate", intervalMs: 50 });
  await Promise.all([monitor.start(), monitor.start()]);
  await monitor.start();
  await monitor.stop();
  assertContiguous(monitor.samples());
});

Deno.test("PowerMonitor.stop() is safe before start(), during it, and twice", async () => {
  const never = new PowerMonitor({ source: "estimate" });
  await never.stop();
  await never.stop();
  assert.equal(never.isRunning, false);
  // It has not begun, so it still can.
  await never.start();
  await Promise.all([never.stop(), never.stop()]);
  await never.stop();
  assert.ok(never.samples().length > 0);

  const hasty = new PowerMonitor({ source: "estimate" });
  const starting = hasty.start();
  const stopping = hasty.stop();
  await Promise.allSettled([starting, stopping]);
  await stopping;
  assert.equal(hasty.isRunning, false);
  assert.equal(hasty.died, null);
});

Deno.test("PowerMonitor finds a source by itself, and says which", async () => {
  await using monitor = new PowerMonitor({ intervalMs: 50 });
  assert.throws(() => monitor.info, /before start/);
  await monitor.start();
  assert.deepEqual(monitor.info, (await detectPowerSource()).info);
});

Deno.test("PowerMonitor calls onSamples with each new sample", async () => {
  const seen: PowerSample[] = [];
  const monitor = new PowerMonitor({
    source: { name: "estimate", cpus: 2 },
    intervalMs: 50,
    onSamples: (samples) => seen.push(...samples),
  });
  await monitor.start();
  await wait(150);
  await monitor.stop();
  assert.deepEqual(seen, monitor.samples());
});

Deno.test("PowerMonitor refuses unknown sources and intervals before it starts anything", () => {
  const cases = [
    { source: "wattmeter" },
    { intervalMs: 75 },
    { source: { name: "estimate" as const, statedError: 0.05 } },
  ];
  for (const options of cases) {
    assert.throws(() => new PowerMonitor(options), InputError, JSON.stringify(options));
  }
});

Deno.test("PowerMonitor loads nothing on the sampler's thread but what sampling needs", async () => {
  const worker = new URL("../../lib/power/monitor_worker.ts", import.meta.url);
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", worker.href],
  }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout));
  const specifiers = modules.map(({ specifier }: { specifier: string }) => specifier);
  assert.ok(specifiers.some((specifier: string) => specifier.endsWith("/scan.ts")));
  assert.deepEqual(specifiers.filter((specifier: string) => /^npm:|plist\.ts/.test(specifier)), []);
});

const FAILURES: [StandInMode, RegExp, RegExp][] = [
  ["missing", /no sudo on the PATH/, /--power estimate/],
  ["password", /sudo asks for a password/, /deno task setup/],
  ["refused", /sudo refuses/, /deno task setup/],
  ["sampler", /refuses a sampler.*gpu_power/, /--power estimate/],
];

for (const [mode, message, remedy] of FAILURES) {
  Deno.test(`PowerMonitor.start() explains a powermetrics that fails (${mode})`, async () => {
    await withStandIn(mode, async () => {
      const monitor = new PowerMonitor({ source: "powermetrics" });
      await assert.rejects(monitor.start(), (error: unknown) => {
        assert.ok(error instanceof InputError, String(error));
        assert.match(error.message, message);
        assert.match(error.remedy, remedy);
        assert.ok(error.message.endsWith(error.remedy));
        return true;
      });
      assert.equal(monitor.isRunning, false);
      assert.match(monitor.died!, message);
      await monitor.stop();
    });
  });
}

Deno.test("PowerMonitor.start() gives up on a sampler that says nothing", async () => {
  await withStandIn("silent", async () => {
    const monitor = new PowerMonitor({ source: "powermetrics", startLimitMs: 400 });
    await assert.rejects(monitor.start(), /delivered no power record within 0.4 s; run/);
    await monitor.stop();
  });
});

Deno.test("PowerMonitor uses a ticket of this terminal where there is no rule", async () => {
  await withStandIn("ticket", async () => {
    await using monitor = new PowerMonitor({ source: "powermetrics", intervalMs: 50 });
    await monitor.start();
    assert.equal(monitor.isRunning, true);
  });
});

Deno.test("PowerMonitor keeps the records of a sampler that dies, and says so", async () => {
  await withStandIn("dies", async () => {
    await using monitor = new PowerMonitor({ source: "powermetrics", intervalMs: 50 });
    await monitor.start();
    await until(() => !monitor.isRunning);
    assert.match(monitor.died!, /died after 4 records.*exit code 3.*IOReport subscription lost/);
    assert.equal(monitor.samples().length, 4);
    assert.equal(monitor.takeRaw()!.arrivalsMs.length, 4);
    const died = monitor.findings().find(({ kind }) => kind === "sampler-died");
    assert.equal(died?.severity, "invalid");
    assert.match(died.remedy, /start sampling again/);
  });
});

Deno.test("PowerMonitor counts half a last record", async () => {
  await withStandIn("half", async () => {
    await using monitor = new PowerMonitor({ source: "powermetrics", intervalMs: 50 });
    await monitor.start();
    await until(() => monitor.died !== null);
    assert.equal(monitor.samples().length, 3);
    assert.deepEqual(monitor.losses.map(({ reason, afterRecords }) => ({ reason, afterRecords })), [
      { reason: "the last record was cut off", afterRecords: 3 },
    ]);
    assert.ok(monitor.findings().some(({ kind }) => kind === "lost-records"));
  });
});

Deno.test("PowerMonitor reads on after garbage, and while stderr is flooded", async () => {
  for (const mode of ["garbage", "flood"] as const) {
    await withStandIn(mode, async () => {
      await using monitor = new PowerMonitor({ source: "powermetrics", intervalMs: 50 });
      await monitor.start();
      await until(() => monitor.samples().length >= 5);
      await monitor.stop();
      assert.equal(monitor.died, null);
      assert.equal(monitor.losses.length, mode === "garbage" ? 1 : 0);
    });
  }
});

Deno.test("PowerMonitor ends its child by closing the pipe", async () => {
  await withStandIn("normal", async (truth) => {
    const monitor = new PowerMonitor({ source: "powermetrics", intervalMs: 50 });
    await monitor.start();
    // A session of its own: Ctrl-C in the terminal does not reach it before the last records do.
    const session = Deno.readTextFileSync(`${Deno.env.get("FAKE_POWERMETRICS_TRUTH")}.session`);
    const [pid, sid] = session.trim().split(/\s+/);
    assert.equal(sid, pid);

    await monitor.stop();
    const written = truth().length;
    await wait(300);
    assert.equal(truth().length, written, "the stand-in went on writing");
  });
});

Deno.test("PowerMonitor asks for ane_power only where cpu_power gives no ANE energy", async () => {
  const expected = { "normal": [0, 0], "ane-apart": [0, 0], "ane-unknown": [null, null] };
  for (const [mode, energies] of Object.entries(expected)) {
    await withStandIn(mode as StandInMode, async () => {
      await using monitor = new PowerMonitor({ source: "powermetrics", intervalMs: 50 });
      await monitor.start();
      await until(() => monitor.samples().length >= 2);
      const seen = monitor.samples().slice(0, 2).map(({ energyMj }) => energyMj.ane);
      assert.deepEqual(seen, energies, mode);
      assert.deepEqual(monitor.losses, []);
    });
  }
});

Deno.test("PowerMonitor refuses a sampler that gushes, and keeps what came before", async () => {
  await withStandIn("gushes", async () => {
    await using monitor = new PowerMonitor({ source: "powermetrics", intervalMs: 50 });
    await monitor.start();
    await until(() => monitor.died !== null);
    assert.match(monitor.died!, /powermetrics floods: more than 100 records at once/);
    assert.ok(monitor.samples().length >= 4 && monitor.samples().length <= 300);
  });
});
