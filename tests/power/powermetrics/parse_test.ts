import assert from "node:assert/strict";
import { InputError } from "../../../lib/errors.ts";
import { parsePowermetrics } from "../../../lib/power/powermetrics/parse.ts";
import { scanRecord } from "../../../lib/power/powermetrics/scan.ts";
import { type Chip, fakeRecord } from "../fixtures/records.ts";
import { recording, recordingTest, seeded } from "../fixtures/recordings.ts";

const MUTATIONS = 1000 * (Deno.env.get("TOKENWATT_LONG") === undefined ? 1 : 10);

function textsOf(name: string): string[] {
  return new TextDecoder().decode(recording(name)).split("\0");
}

function assertScanAgrees(xml: string): void {
  const { elapsedNs, timestampMs, energyMj, thermalPressure, gpu } = parsePowermetrics(xml);
  const gpuActivity = gpu?.activity ?? null;
  assert.deepEqual(scanRecord(xml), {
    elapsedNs,
    timestampMs,
    energyMj,
    thermalPressure,
    gpuActivity,
  });
}

recordingTest("parsePowermetrics() reads an M4 Max record of macOS 26.2", () => {
  const record = parsePowermetrics(textsOf("m4max-macos26.2.plist")[0]!);
  assert.equal(record.elapsedNs, 1_023_685_416);
  assert.equal(record.timestampMs, Date.UTC(2026, 0, 22, 21, 7, 7));
  assert.deepEqual(record.energyMj, { cpu: 3049, gpu: 276, ane: 0 });
  assert.equal(record.thermalPressure, "Nominal");
  assert.equal(record.hwModel, "Mac16,5");
  assert.equal(record.osBuild, "25C56");

  const [e, p0, p1] = record.clusters;
  assert.deepEqual(record.clusters.map(({ name }) => name), [
    "E-Cluster",
    "P0-Cluster",
    "P1-Cluster",
  ]);
  assert.deepEqual(record.clusters.map(({ cpus }) => cpus.length), [4, 6, 6]);
  assert.ok(Math.abs(e!.freqMhz! - 1154.44) < 1e-6);
  assert.equal(e!.states.length, 7);
  assert.equal(p0!.kind, "P");
  // 1 - idle_ratio would be 0.998: the cluster is powered down.
  assert.ok(p1!.activity! < 0.001, `${p1!.activity}`);
  assert.equal(p1!.cpus[0]!.freqMhz, 0);
  assert.ok(p1!.cpuActivity! < 0.001);

  assert.equal(record.gpu!.freqMhz, 338);
  assert.equal(record.gpu!.energyMj, 284);
  assert.ok(Math.abs(record.gpu!.activity! - 0.122655) < 1e-4, `${record.gpu!.activity}`);
  assert.equal(record.gpu!.states.filter(({ freqMhz }) => freqMhz === 1182).length, 2);
});

recordingTest("parsePowermetrics() reads an M1 record, which knows no down time", () => {
  const record = parsePowermetrics(textsOf("m1-macos13.3.plist")[0]!);
  assert.equal(record.elapsedNs, 2_019_178_750);
  assert.equal(record.timestampMs, Date.UTC(2023, 3, 1, 13, 18, 36));
  assert.deepEqual(record.energyMj, { cpu: 89, gpu: 31, ane: 0 });
  assert.equal(record.hwModel, "MacBookPro17,1");
  assert.equal(record.osBuild, "22E252");
  assert.deepEqual(record.clusters.map(({ name }) => name), ["E-Cluster", "P-Cluster"]);
  assert.equal(record.clusters[0]!.downNs, null);
  const cpu = record.clusters[0]!.cpus[0]!;
  assert.ok(Math.abs(cpu.activity! - (1 - 0.907821)) < 0.001, `${cpu.activity}`);
  assert.equal(record.gpu!.freqMhz, 714.836);
});

recordingTest("parsePowermetrics() takes the GPU's own energy where there is no processor", () => {
  const records = textsOf("m4pro-macos15.5-gpu-5records.plist").map(parsePowermetrics);
  assert.deepEqual(records.map(({ energyMj }) => energyMj.gpu), [19, 107, 788, 146, 126]);
  assert.deepEqual(records.map(({ elapsedNs }) => elapsedNs), [
    ...[5_004_758_375, 5_014_447_083, 5_010_073_541, 5_014_230_916, 5_009_178_500],
  ]);
  for (const { energyMj, clusters, thermalPressure, hwModel } of records) {
    assert.equal(energyMj.cpu, null);
    assert.equal(energyMj.ane, null);
    assert.deepEqual(clusters, []);
    assert.equal(thermalPressure, null);
    assert.equal(hwModel, "Mac16,8");
  }
});

recordingTest("parsePowermetrics() reads records that measure nothing", () => {
  const records = textsOf("m4pro-battery-3records.plist").map(parsePowermetrics);
  assert.equal(records.length, 3);
  for (const { energyMj, gpu } of records) {
    assert.deepEqual(energyMj, { cpu: null, gpu: null, ane: null });
    assert.equal(gpu, null);
  }
  assert.equal(records[2]!.timestampMs, Date.UTC(2025, 6, 8, 5, 36, 26));
});

recordingTest("parsePowermetrics() reads powers that are energy / elapsed", () => {
  const xml = textsOf("m4max-macos26.2.plist")[0]!;
  const { elapsedNs, energyMj } = parsePowermetrics(xml);
  const stated = Number(xml.match(/<key>cpu_power<\/key>\s*<real>([^<]+)/)![1]);
  assert.ok(Math.abs(energyMj.cpu! / (elapsedNs * 1e-9) - stated) < 0.01);
});

recordingTest("scanRecord() agrees with parsePowermetrics() on every recording", () => {
  const names = [
    "m4max-macos26.2.plist",
    "m1-macos13.3.plist",
    "m4pro-macos15.5-gpu-5records.plist",
    "m4pro-battery-3records.plist",
  ];
  const texts = names.flatMap(textsOf);
  assert.equal(texts.length, 10);
  texts.forEach(assertScanAgrees);
});

Deno.test("scanRecord() agrees with parsePowermetrics() on every chip and section", () => {
  for (const chip of ["m1", "m4pro", "m4max"] satisfies Chip[]) {
    assertScanAgrees(fakeRecord({ chip, energyMj: { cpu: 5, gpu: 7, ane: 11 } }));
    assertScanAgrees(fakeRecord({ chip, without: ["processor"] }));
    assertScanAgrees(fakeRecord({ chip, without: ["gpu", "thermal_pressure"] }));
  }
});

Deno.test("parsePowermetrics() never adds the GPU's second reading", () => {
  const xml = fakeRecord({ energyMj: { gpu: 276 } });
  assert.equal(parsePowermetrics(xml).energyMj.gpu, 276);
  assert.equal(parsePowermetrics(xml).gpu!.energyMj, 284);
});

Deno.test("parsePowermetrics() accepts keys that stand twice and a NUL before the record", () => {
  const xml = "\0" + fakeRecord().replace(
    "<key>cpu_energy</key>\n<integer>1200</integer>",
    "<key>cpu_energy</key>\n<integer>1200</integer>\n<key>cpu_energy</key>\n<integer>1</integer>",
  );
  assert.equal(parsePowermetrics(xml).energyMj.cpu, 1200);
  assertScanAgrees(xml);
});

Deno.test("parsePowermetrics() takes no sentinel for an energy", () => {
  for (const sentinel of ["-9223372036854775808", "18446744073709551615", "nan", ""]) {
    const xml = fakeRecord({ energyMj: { ane: 4321 } }).replace(">4321<", `>${sentinel}<`);
    assert.equal(parsePowermetrics(xml).energyMj.ane, null, sentinel);
    assertScanAgrees(xml);
  }
});

Deno.test("parsePowermetrics() reads what macOS 12 and M2 Ultra write", () => {
  const xml = fakeRecord({ chip: "m1", energyMj: { cpu: 1200 } })
    .replace(
      "<key>gpu_energy</key>",
      "<key>dram_energy</key><integer>220</integer>" +
        "<key>package_energy</key><integer>1473</integer><key>gpu_energy</key>",
    )
    .replace("E-Cluster", "E0-Cluster").replace("P-Cluster", "P3-Cluster");
  const record = parsePowermetrics(xml);
  assert.equal(record.energyMj.dram, 220);
  assert.equal(record.energyMj.package, 1473);
  assert.deepEqual(record.clusters.map(({ name, kind }) => [name, kind]), [
    ["E0-Cluster", "E"],
    ["P3-Cluster", "P"],
  ]);
  assertScanAgrees(xml);
  assert.ok(!("dram" in parsePowermetrics(fakeRecord()).energyMj), "not there is not measured");
});

Deno.test("parsePowermetrics() reads dates as UTC, in each way that they come", () => {
  const instant = Date.UTC(2026, 0, 22, 21, 7, 7);
  const plain = fakeRecord({ timestampMs: instant });
  const date = /<date>[^<]*<\/date>/;
  for (
    const text of [
      "2026-01-22T21:07:07Z",
      "2026-01-22T21:07:07",
      "2026-01-22 22:07:07 +0100",
      "\r\n 2026-01-22T13:07:07-08:00 ",
    ]
  ) {
    const xml = plain.replace(date, `<date>${text}</date>`);
    assert.equal(parsePowermetrics(xml).timestampMs, instant, text);
    assertScanAgrees(xml);
  }
  for (const text of ["", "yesterday", "2026-13-40T00:00:00Z", "1769116027"]) {
    const xml = plain.replace(date, `<date>${text}</date>`);
    assert.equal(parsePowermetrics(xml).timestampMs, null, text);
    assertScanAgrees(xml);
  }
});

Deno.test("parsePowermetrics() reads lines that end in CRLF, and energies with a fraction", () => {
  const xml = fakeRecord({ energyMj: { cpu: 77 } }).replaceAll("\n", "\r\n")
    .replace("<integer>77</integer>", "<real>77.5</real>").replace(
      ">Nominal<",
      ">\r\nNominal\r\n<",
    );
  const { energyMj, thermalPressure } = parsePowermetrics(xml);
  assert.equal(energyMj.cpu, 77.5);
  assert.equal(thermalPressure, "Nominal");
  assertScanAgrees(xml);
});

Deno.test("parsePowermetrics() refuses what no Mac draws, and intervals of weeks", () => {
  const cases = [
    [
      fakeRecord({ energyMj: { cpu: 4321 } }).replace(">4321<", ">99999999999<"),
      /more than 100 kW/,
    ],
    [fakeRecord({ elapsedNs: 8 * 24 * 3600e9 }), /more than a week/],
    [fakeRecord({ elapsedNs: 5 }).replace(">5<", ">-5<"), /no elapsed_ns above 0/],
  ] as const;
  for (const [xml, message] of cases) {
    assert.throws(() => parsePowermetrics(xml), message);
    assert.match(String(scanRecord(xml)), message);
  }
});

Deno.test("parsePowermetrics() leaves declared entities alone", () => {
  const bomb = `<?xml version="1.0"?><!DOCTYPE plist [<!ENTITY a "aaaaaaaaaa">` +
    Array.from(
      { length: 9 },
      (_, i) => `<!ENTITY a${i} "${`&a${i === 0 ? "" : i - 1};`.repeat(10)}">`,
    ).join("") +
    `]><plist><dict><key>elapsed_ns</key><integer>5</integer>` +
    `<key>hw_model</key><string>&a8;&amp;&#60;</string></dict></plist>`;
  let model: string | null = null;
  try {
    model = parsePowermetrics(bomb).hwModel;
  } catch (error) {
    assert.ok(error instanceof InputError);
  }
  assert.ok(model === null || model === "&a8;&<", model ?? "");
});

Deno.test("parsePowermetrics() refuses what is not one record, in one line with a remedy", () => {
  const cases = {
    "": /Cannot read the power record/,
    "CPU Power: 954 mW": /no <plist>/,
    "<plist><array/></plist>": /with a <dict>/,
    "<plist><dict></dict></plist>": /no elapsed_ns/,
    "<plist><dict><key>elapsed_ns</key><integer>0</integer></dict></plist>": /no elapsed_ns/,
    [fakeRecord() + "\0" + fakeRecord()]: /readPowermetrics/,
    ["<plist>" + "<dict>".repeat(5000)]: /Cannot read the power record/,
  };
  for (const [xml, message] of Object.entries(cases)) {
    assert.throws(() => parsePowermetrics(xml), (error: unknown) => {
      assert.ok(error instanceof InputError, String(error));
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
  }
});

Deno.test(`parsePowermetrics() and scanRecord() survive ${MUTATIONS} mutations`, () => {
  const random = seeded(20260122);
  // Without the clusters a record is a tenth as long, and each mutation hits what is read.
  const whole = fakeRecord({ chip: "m1" });
  const short = whole.replace(/<key>clusters<\/key>[^]*?<\/array>\n(?=<key>cpu_energy)/, "");
  assert.ok(short.length < whole.length / 2);
  let refused = 0;
  for (let i = 0; i < MUTATIONS; i++) {
    const xml = mutated(i % 50 === 0 ? whole : short, random);
    scanRecord(xml);
    try {
      parsePowermetrics(xml);
    } catch (error) {
      assert.ok(error instanceof InputError, `mutation ${i}: ${error}`);
      refused++;
    }
  }
  assert.ok(refused > MUTATIONS / 50 && refused < MUTATIONS, `${refused} refused`);
});

function mutated(xml: string, random: () => number): string {
  const at = () => Math.floor(random() * xml.length);
  const [from, to] = [at(), at()].sort((a, b) => a - b) as [number, number];
  switch (Math.floor(random() * 6)) {
    case 0: // cut out
      return xml.slice(0, from) + xml.slice(Math.min(to, from + 200));
    case 1: // cut off
      return xml.slice(0, to);
    case 2: // repeat a part
      return xml.slice(0, to) + xml.slice(from, from + 300) + xml.slice(to);
    case 3: // another character
      return xml.slice(0, from) + String.fromCharCode(random() * 256) + xml.slice(from + 1);
    case 4: // a tag in the wrong place
      return xml.slice(0, from) + "<dict><key>gpu</key>" + xml.slice(from);
    default: // digits become others
      return xml.replace(/\d+/g, (digits) => random() < 0.1 ? "-" + digits.repeat(3) : digits);
  }
}
