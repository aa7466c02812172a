import assert from "node:assert/strict";
import { cpuUsage } from "node:process";
import {
  checkPowerConditions,
  parsePmset,
  readPowerConditions,
} from "../../lib/power/conditions.ts";
import { checkForeignLoad, readCpuTimes } from "../../lib/power/foreign_load.ts";
import type { PowerSample } from "../../lib/record.ts";

const BATTERY = `Now drawing from 'Battery Power'
 -InternalBattery-0 (id=21823587)	83%; discharging; 5:41 remaining present: true
`;
const MAINS = `Now drawing from 'AC Power'
 -InternalBattery-0 (id=21823587)	100%; charged; 0:00 remaining present: true
`;
const settings = (line: string) =>
  `System-wide power settings:
Currently in use:
 standby              1
 ${line}
 displaysleep         10
`;

Deno.test("parsePmset() tells battery from mains, and low-power mode by either name", () => {
  const cases = [
    [BATTERY, settings("lowpowermode         1"), { onBattery: true, lowPowerMode: true }],
    [MAINS, settings("lowpowermode         0"), { onBattery: false, lowPowerMode: false }],
    [MAINS, settings("powermode            1"), { onBattery: false, lowPowerMode: true }],
    [MAINS, settings("powermode            2"), { onBattery: false, lowPowerMode: false }],
    ["", "", { onBattery: null, lowPowerMode: null }],
  ] as const;
  for (const [battery, live, expected] of cases) {
    assert.deepEqual(parsePmset(battery, live), expected);
  }
});

Deno.test("checkPowerConditions() finds battery and low-power mode, and nothing unknown", () => {
  const kinds = checkPowerConditions({ onBattery: true, lowPowerMode: true });
  assert.deepEqual(kinds.map(({ kind }) => kind), ["low-power", "low-power"]);
  assert.deepEqual(checkPowerConditions({ onBattery: false, lowPowerMode: false }), []);
  assert.deepEqual(checkPowerConditions({ onBattery: null, lowPowerMode: null }), []);
});

Deno.test("readPowerConditions() asks pmset on macOS only, and lives without it", async () => {
  const unknown = { onBattery: null, lowPowerMode: null };
  assert.deepEqual(await readPowerConditions("linux"), unknown);
  const folder = await Deno.makeTempDir({ prefix: "tokenwatt-pmset-" });
  const path = Deno.env.get("PATH") ?? "";
  try {
    Deno.env.set("PATH", folder);
    assert.deepEqual(await readPowerConditions("darwin"), unknown);
    const script = `#!/bin/sh\n[ "$2" = batt ] && echo "drawing from 'Battery Power'" ||` +
      ` echo " lowpowermode 0"\n`;
    await Deno.writeTextFile(`${folder}/pmset`, script, { mode: 0o755 });
    assert.deepEqual(await readPowerConditions("darwin"), { onBattery: true, lowPowerMode: false });
  } finally {
    Deno.env.set("PATH", path);
    await Deno.remove(folder, { recursive: true });
  }
});

const at = (atMs: number, machineMs: number, ownMs: number) => ({
  atMs,
  machineMs,
  ownMs,
  cpus: 10,
});
const records = (lengthMs: number): PowerSample[] =>
  Array.from({ length: 40 }, (_, i) => ({
    startMs: i * lengthMs,
    endMs: (i + 1) * lengthMs,
    energyMj: {},
  }));

Deno.test("checkForeignLoad() finds what neither we nor the sampler did", () => {
  // 4 s of 10 CPUs: 40 s of CPU time, of which 5 % are 2 s.
  const [finding] = checkForeignLoad(at(0, 0, 0), at(4000, 9000, 6900), [], 100);
  assert.equal(finding?.kind, "foreign-load");
  assert.ok(Math.abs(finding.value - 5.25) < 1e-9);
  assert.match(finding.message, /0\.5 of 10 CPUs/);
  assert.deepEqual(checkForeignLoad(at(0, 0, 0), at(4000, 9000, 7100), [], 100), []);
  // Records of 110 ms: the sampler worked for 10 ms each, 0.36 s in all.
  assert.deepEqual(checkForeignLoad(at(0, 0, 0), at(4000, 9000, 6900), records(110), 100), []);
  assert.deepEqual(checkForeignLoad(null, at(4000, 9000, 0), [], 100), []);
  assert.deepEqual(checkForeignLoad(at(0, 0, 0), at(400, 4000, 0), [], 100), []);
});

Deno.test("readCpuTimes() counts our own work in both", () => {
  const workedMs = () => cpuUsage().user / 1000;
  const before = readCpuTimes();
  for (const fromMs = workedMs(); workedMs() - fromMs < 200;);
  const after = readCpuTimes();
  assert.ok(before !== null && after !== null);
  assert.ok(after.ownMs - before.ownMs >= 200, `${after.ownMs - before.ownMs} ms`);
  // In steps of 10 ms a CPU, and without what a hypervisor took meanwhile.
  assert.ok(after.machineMs - before.machineMs > 100);
  assert.equal(after.cpus, navigator.hardwareConcurrency);
});
