import assert from "node:assert/strict";
import { InputError } from "../../../lib/errors.ts";
import { PowerMonitor } from "../../../lib/power/monitor.ts";
import { KernelFiles } from "../../../lib/power/rapl/libc.ts";
import { raplMeter, RaplSource } from "../../../lib/power/rapl/source.ts";
import { findZones } from "../../../lib/power/rapl/zones.ts";
import { testUnless } from "../../gate/needs.ts";
import { FakePowercap, SERVER } from "../fixtures/powercap.ts";
import { take } from "../fixtures/programs.ts";

const lacking = Deno.build.os === "linux" ? null : "the energy counters are read on Linux";

/** What a meter makes of two readings, with `change` between them. */
function between(powercap: FakePowercap, change: () => void) {
  using files = new KernelFiles();
  const meter = raplMeter(findZones(files, powercap.root), files);
  const before = meter.read();
  change();
  return meter.energyMj(before, meter.read(), 100);
}

testUnless(lacking, "RaplSource adds up sockets, and takes each package once", () => {
  using powercap = new FakePowercap(SERVER);
  const energyMj = between(powercap, () => {
    powercap.count("intel-rapl:0", 4_500_000);
    powercap.count("intel-rapl:1", 3_000_000);
    powercap.count("intel-rapl:0:0", 2_000_000);
    powercap.count("intel-rapl:1:1", 250_500);
    powercap.count("intel-rapl:2", 9_000_000);
    powercap.count("intel-rapl-mmio:0", 9_000_000);
  });
  assert.deepEqual(energyMj, { package: 4500, cpu: 1500, dram: 250.5, system: 9000 });
  const { rails, totalRails, label } = new RaplSource({ root: powercap.root }).info;
  assert.deepEqual(rails, ["cpu", "dram", "package", "system"]);
  assert.deepEqual(totalRails, ["dram", "package"]);
  assert.equal(label, "DRAM+package (RAPL)");
});

testUnless(lacking, "RaplSource follows a counter through the end of its range", () => {
  using powercap = new FakePowercap({
    "intel-rapl:0": { name: "package-0", energyUj: 262_143_000_000 },
    "intel-rapl:0:2": { name: "uncore", energyUj: 5 },
  });
  const energyMj = between(powercap, () => {
    powercap.count("intel-rapl:0", 671_150);
    powercap.count("intel-rapl:0:2", 5);
  });
  assert.deepEqual(energyMj, { package: 1000, gpu: 0 });
});

testUnless(lacking, "RaplSource takes a counter that cannot be read for not measured", () => {
  using powercap = new FakePowercap(SERVER);
  const energyMj = between(powercap, () => {
    powercap.count("intel-rapl:1", "error");
    powercap.count("intel-rapl:0:1", -5);
  });
  assert.deepEqual(energyMj, { package: null, cpu: 0, dram: null, system: 0 });
});

testUnless(lacking, "PowerMonitor samples energy counters on its own clock", async () => {
  using powercap = new FakePowercap({ "intel-rapl:0": { name: "package-0", energyUj: 0 } });
  await using monitor = new PowerMonitor({
    source: { name: "rapl", root: powercap.root },
    intervalMs: 50,
  });
  await monitor.start();
  powercap.count("intel-rapl:0", 700_000);
  await new Promise((resolve) => setTimeout(resolve, 120));
  await monitor.stop();
  const samples = monitor.samples();
  assert.equal(monitor.alignment().convention, "exact");
  assert.equal(samples.reduce((sum, { energyMj }) => sum + energyMj.package!, 0), 700);
  samples.slice(1).forEach(({ startMs }, i) => assert.equal(startMs, samples[i]!.endMs));
  assert.equal(monitor.info.kind, "measured");
});

testUnless(lacking, "RaplSource keeps the counts beside its records", async () => {
  using powercap = new FakePowercap({ "intel-rapl:0": { name: "package-0", energyUj: 42 } });
  const { raw } = await take(new RaplSource({ root: powercap.root }), 1);
  assert.deepEqual(Object.values(JSON.parse(raw[0]!).energyUj), [42]);
});

testUnless(lacking, "RaplSource says where there are no counters", async () => {
  using powercap = new FakePowercap({ "intel-rapl-mmio:0": { name: "package-0", energyUj: 1 } });
  const { works, reason, remedy } = await new RaplSource({ root: powercap.root }).probe();
  assert.equal(works, false);
  assert.match(reason!, /there are none in/);
  assert.match(remedy!, /modprobe intel_rapl_msr/);
  await assert.rejects(take(new RaplSource({ root: powercap.root }), 1), InputError);
});

testUnless(lacking, "findZones() explains counters that only root may read", () => {
  using powercap = new FakePowercap(SERVER);
  using files = new KernelFiles();
  // These tests may run as root, whom no file refuses.
  const guarded = {
    exists: (path: string) => files.exists(path),
    isReadable: (path: string) => !path.endsWith("energy_uj"),
    read: (path: string) => path.endsWith("energy_uj") ? null : files.read(path),
  };
  assert.throws(() => findZones(guarded, powercap.root), (error) => {
    assert.ok(error instanceof InputError);
    assert.match(error.message, /no permission for .*intel-rapl:0\/energy_uj/);
    assert.match(error.remedy, /sudo chmod a\+r .*docs\/sources\.md/);
    return true;
  });
});

Deno.test("RaplSource.probe() looks for counters on Linux only", async () => {
  const { reason, remedy } = await new RaplSource({}, "darwin").probe();
  assert.match(reason!, /Linux has them, this is darwin/);
  assert.match(remedy!, /macmon/);
  assert.deepEqual(new RaplSource({}, "darwin").info.rails, ["package"]);
});
