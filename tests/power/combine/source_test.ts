import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { keptPlists } from "../../../lib/power/combine/kept_plists.ts";
import { CombinedSource } from "../../../lib/power/combine/source.ts";
import { PowerMonitor } from "../../../lib/power/monitor.ts";
import { parsePowermetrics } from "../../../lib/power/powermetrics/parse.ts";
import type { PowerRecord, PowerSource, SourceEvent } from "../../../lib/power/source.ts";
import { combine } from "../../../lib/power/sources.ts";
import type { Rail } from "../../../lib/record.ts";
import { take, until, withPrograms } from "../fixtures/programs.ts";
import { withStandIn } from "../fixtures/stand_in.ts";

interface Script {
  name: string;
  rails: Rail[];
  totalRails?: Rail[];
  /** When its records end; each has 1 mJ a millisecond on every rail, of its own. */
  ends: number[];
  /** When the first of them begins; 0 unless stated. */
  beginsMs?: number;
  /** What happens after the last. */
  then?: "stops" | "dies" | "hangs";
}

/** A source that plays a script: all at once, but for a turn of the event loop after each record. */
function scripted(
  { name, rails, totalRails = rails, ends, beginsMs = 0, then = "stops" }: Script,
): PowerSource {
  return {
    info: { name, kind: "measured", rails, totalRails, label: name, statedError: null },
    rawFormat: "json",
    probe: () => Promise.resolve({ works: true, reason: null, remedy: null }),
    async *open(_intervalMs, signal): AsyncGenerator<SourceEvent> {
      let startMs = beginsMs;
      await new Promise((resolve) => setTimeout(resolve, beginsMs));
      for (const endMs of ends) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        const energyMj = Object.fromEntries(rails.map((rail) => [rail, endMs - startMs]));
        const record: PowerRecord = {
          elapsedNs: (endMs - startMs) * 1e6,
          timestampMs: null,
          energyMj,
          thermalPressure: null,
          startMs,
          endMs,
        };
        const raw = new TextEncoder().encode(`${endMs}`);
        yield { record, arrivalMs: performance.timeOrigin + performance.now(), raw };
        startMs = endMs;
      }
      if (then === "dies") throw new Error("the cable fell out");
      if (then === "stops" && !signal.aborted) {
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
      }
      if (then === "hangs") {
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
      }
    },
  };
}

const EVERY_100 = [100, 200, 300, 400, 500];

Deno.test("CombinedSource puts the others' rails on the records of the first", async () => {
  const { records, raw } = await take(
    new CombinedSource([
      scripted({ name: "a", rails: ["cpu"], ends: EVERY_100 }),
      scripted({ name: "b", rails: ["gpu"], ends: [130, 270, 380, 490, 505] }),
    ]),
    5,
  );
  assert.deepEqual(records.map(({ energyMj }) => energyMj), [
    { cpu: 100, gpu: 100 },
    { cpu: 100, gpu: 100 },
    { cpu: 100, gpu: 100 },
    { cpu: 100, gpu: 100 },
    { cpu: 100, gpu: 100 },
  ]);
  assert.deepEqual(records.map(({ endMs }) => endMs), EVERY_100);
  assert.ok(raw.some((line) => JSON.parse(line).raw.b?.length > 0));
});

Deno.test("CombinedSource keeps each record of the first in its own line", async () => {
  const { records, raw } = await take(
    new CombinedSource([
      scripted({ name: "a", rails: ["cpu"], ends: EVERY_100 }),
      // Begins late, so that the first record is left out, and the others wait.
      scripted({ name: "b", rails: ["gpu"], beginsMs: 90, ends: [350, 520] }),
    ]),
    4,
  );
  const own = raw.map((line) => JSON.parse(line).raw.a);
  assert.deepEqual(own.map((texts) => texts.at(-1)), records.map(({ endMs }) => `${endMs}`));
  assert.deepEqual(own.flat(), EVERY_100.map(String), "and nothing is left out");
});

Deno.test("CombinedSource goes on without a cross-check that dies, and says so", async () => {
  const { records, losses } = await take(
    new CombinedSource([
      scripted({ name: "a", rails: ["cpu"], ends: EVERY_100 }),
      scripted({
        name: "b",
        rails: ["cpu", "dram"],
        totalRails: ["cpu"],
        ends: [200],
        then: "dies",
      }),
    ]),
    5,
  );
  assert.deepEqual(records.map(({ energyMj }) => energyMj.dram), [100, 100, null, null, null]);
  assert.deepEqual(losses, ["b: the cable fell out"]);
});

Deno.test("CombinedSource ends with a source whose rail is in the total", async () => {
  const source = new CombinedSource([
    scripted({ name: "a", rails: ["cpu"], ends: EVERY_100 }),
    scripted({ name: "b", rails: ["gpu"], ends: [200], then: "dies" }),
  ]);
  const records: PowerRecord[] = [];
  await assert.rejects(async () => {
    for await (const event of source.open(100, new AbortController().signal)) {
      if ("record" in event) records.push(event.record);
    }
  }, /the cable fell out/);
  assert.ok(records.length > 0, "what was complete before is kept");
  for (const { energyMj } of records) assert.deepEqual(energyMj, { cpu: 100, gpu: 100 });
});

Deno.test("powermetrics with macmon beside it: one total, one bound, two rails more", async () => {
  const macmon =
    `while :; do echo '{"cpu_power":9,"ram_power":0.5,"sys_power":30}'; sleep 0.06; done`;
  await withPrograms({ macmon }, async () => {
    await withStandIn("normal", async (truth) => {
      const source = combine("powermetrics", "macmon");
      await using monitor = new PowerMonitor({ source, intervalMs: 50 });
      await monitor.start();
      await until(() => monitor.samples().length >= 8);
      await monitor.stop();
      const samples = monitor.samples();
      const cpu = truth().map(({ energyMj }) => energyMj.cpu);
      const skipped = cpu.indexOf(samples[0]!.energyMj.cpu!);
      samples.forEach(({ energyMj }, i) => {
        assert.equal(energyMj.cpu, cpu[skipped + i]);
        assert.equal((energyMj.system! / energyMj.dram!).toFixed(6), "60.000000");
      });
      const sum = (rail: Rail) => samples.reduce((mj, one) => mj + one.energyMj[rail]!, 0);
      const ratio = sum("system") / sum("cpu");
      assert.ok(Math.abs(ratio / 3 - 1) < 0.2, `${ratio}`);
      assert.equal(monitor.alignment().convention, "start");
      // The plists are kept whole, to be read in full afterwards.
      const kept = keptPlists(gunzipSync(monitor.takeRaw()!.gzip).toString());
      const plists = kept.split("\0").map((xml) => parsePowermetrics(xml).energyMj.cpu!);
      assert.deepEqual(plists, cpu.slice(0, plists.length));
      assert.ok(plists.length >= samples.length);
      await monitor.verify();
      assert.deepEqual(monitor.findings().filter(({ severity }) => severity === "invalid"), []);
      assert.deepEqual(monitor.info.totalRails, ["cpu", "gpu", "ane"]);
      assert.deepEqual(monitor.findings().filter(({ kind }) => kind === "missing-rail"), []);
    });
  });
});

Deno.test("CombinedSource.probe() says which of its sources does not work", async () => {
  const broken = scripted({ name: "b", rails: ["gpu"], ends: [] });
  broken.probe = () => Promise.resolve({ works: false, reason: "no card", remedy: "buy one" });
  const source = new CombinedSource([scripted({ name: "a", rails: ["cpu"], ends: [] }), broken]);
  assert.equal((await source.probe()).reason, "no card");
});
