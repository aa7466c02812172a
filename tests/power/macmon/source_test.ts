import assert from "node:assert/strict";
import { InputError } from "../../../lib/errors.ts";
import { MacmonSource } from "../../../lib/power/macmon/source.ts";
import { PowerMonitor } from "../../../lib/power/monitor.ts";
import { lengthMs, take, until, withPrograms } from "../fixtures/programs.ts";

const LINE = `{"cpu_power":2,"gpu_power":1,"ane_power":0,"ram_power":0.5,"sys_power":9}`;

/** Lines with the stamps of the recording's schema, ten milliseconds apart. */
const STAMPED = `echo noise >&2
i=100000
while [ "$1 $2 $3" = "pipe -i 100" ]; do
  echo '{"timestamp":"2026-01-01T00:00:00.'$i'+00:00","cpu_power":2,"sys_power":9}'
  i=$((i + 10500)); sleep 0.01
done`;

Deno.test("MacmonSource times records by the stamps of its lines, and keeps the lines", async () => {
  await withPrograms({ macmon: STAMPED }, async () => {
    const { records, raw, losses } = await take(new MacmonSource(), 5);
    assert.deepEqual(losses, []);
    assert.equal(lengthMs(records[0]!), 100);
    for (const record of records.slice(1)) {
      assert.equal(lengthMs(record).toFixed(6), "10.500000");
      assert.equal(record.energyMj.cpu!.toFixed(6), "21.000000");
      assert.equal(record.energyMj.system!.toFixed(6), "94.500000");
      assert.equal(record.energyMj.dram, null);
      assert.equal(record.startMs, undefined);
    }
    assert.match(JSON.parse(raw[0]!).macmon, /^\{"timestamp":"2026/);
  });
});

Deno.test("MacmonSource counts lines that are none, and reads on", async () => {
  const script =
    `for i in 1 2 3; do echo '${LINE}'; echo "thread 'main' says hello"; done; sleep 5`;
  await withPrograms({ macmon: script }, async () => {
    await using monitor = new PowerMonitor({ source: "macmon", intervalMs: 50 });
    await monitor.start();
    await monitor.stop();
    const { samples, boundMs } = monitor.alignment();
    assert.equal(samples.length, 3);
    assert.equal(monitor.losses.length, 3);
    assert.ok(samples.every(({ energyMj }) => energyMj.cpu! > 0 && energyMj.dram! > 0));
    assert.ok(boundMs > 0 && boundMs <= 100);
    assert.deepEqual(monitor.info.totalRails, ["cpu", "gpu", "ane"]);
  });
});

const FAILURES: [string, string | null, RegExp, RegExp][] = [
  ["is missing", null, /not on the PATH/, /brew install macmon/],
  [
    "ends at once",
    `echo "Error: no IOReport" >&2; exit 3`,
    /exit code 3, "Error: no IO/,
    /macmon pipe/,
  ],
  [
    "does not know pipe",
    `echo "error: unrecognized" >&2; exit 2`,
    /without a record/,
    /brew upgrade/,
  ],
];

for (const [what, script, message, remedy] of FAILURES) {
  Deno.test(`MacmonSource explains a macmon that ${what}`, async () => {
    await withPrograms(script === null ? {} : { macmon: script }, async () => {
      await assert.rejects(take(new MacmonSource(), 1), (error) => {
        assert.ok(error instanceof InputError);
        assert.match(error.message, message);
        assert.match(error.remedy, remedy);
        return true;
      });
      if (what === "does not know pipe") return;
      const probe = await new MacmonSource("darwin").probe();
      assert.equal(probe.works, false);
      assert.match(probe.reason!, message);
    });
  });
}

Deno.test("MacmonSource keeps what came before macmon ended, and says so", async () => {
  await withPrograms({ macmon: `echo '${LINE}'; echo '${LINE}'; exit 1` }, async () => {
    await using monitor = new PowerMonitor({ source: "macmon" });
    await monitor.start();
    await until(() => monitor.died !== null);
    assert.match(monitor.died!, /macmon ended by itself after 2 records \(exit code 1\)/);
    assert.equal(monitor.samples().length, 2);
  });
});

Deno.test("MacmonSource.probe() asks macmon on macOS only", async () => {
  await withPrograms({ macmon: `[ "$1" = --version ] && echo macmon 0.8.2` }, async () => {
    assert.equal((await new MacmonSource("darwin").probe()).works, true);
    assert.match((await new MacmonSource("linux").probe()).reason!, /this is linux/);
  });
});
