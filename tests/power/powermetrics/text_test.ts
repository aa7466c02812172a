import assert from "node:assert/strict";
import { InputError } from "../../../lib/errors.ts";
import {
  parsePowermetrics,
  type PowermetricsRecord,
} from "../../../lib/power/powermetrics/parse.ts";
import { recording, recordingTest } from "../fixtures/recordings.ts";

const RECORDING = "m4max-macos15.5.txt";

/** Written by us: lines as M1 printed them before macOS 13, with powers of a log (notes, 4.8). */
const MACOS_11 = `Machine model: MacBookPro17,1
OS version: 20G80

*** Sampled system activity (Wed Sep  1 23:30:05 2021 -0700) (1000.00ms elapsed) ***

**** Processor usage ****

E-Cluster Power: 66 mW
E-Cluster HW active frequency: 1017 MHz
E-Cluster HW active residency:  20.00% (600 MHz: 15% 972 MHz: 5.0%)
E-Cluster idle residency:  80.00%
CPU 0 frequency: 1055 MHz
CPU 0 active residency:  11.05% (600 MHz: 8.0% 972 MHz: 3.0%)
CPU 0 idle residency:  88.95%

ANE Power: 0 mW
DRAM Power: 220 mW
CPU Power: 700 mW
GPU Power: 57 mW
Package Power: 1473 mW

**** GPU usage ****

GPU active frequency: 396 MHz
GPU active residency:   1.32% (396 MHz: 1.3% 528 MHz:   0%)
GPU idle residency:  98.68%
GPU Power: 67 mW

**** Thermal pressure ****

Current pressure level: Moderate
`;

function about(found: number | null | undefined, expected: number, tolerance = 1e-6): void {
  assert.ok(typeof found === "number" && Math.abs(found - expected) < tolerance, `${found}`);
}

function textOf(name: string): string {
  return new TextDecoder().decode(recording(name));
}

function refusal(text: string): InputError | null {
  try {
    parsePowermetrics(text);
    return null;
  } catch (error) {
    assert.ok(error instanceof InputError, String(error));
    assert.doesNotMatch(error.message, /\n/);
    return error;
  }
}

recordingTest("parsePowermetrics() reads the text format of an M4 Max", () => {
  const record = parsePowermetrics(textOf(RECORDING));
  assert.equal(record.elapsedNs, 5_021_960_000);
  assert.equal(record.timestampMs, Date.UTC(2025, 10, 8, 6, 54, 21));
  assert.equal(record.hwModel, "Mac16,6");
  assert.equal(record.osBuild, "24F74");
  assert.equal(record.thermalPressure, null);
  about(record.energyMj.cpu, 954 * 5.02196);
  about(record.energyMj.gpu, 28 * 5.02196);
  assert.equal(record.energyMj.ane, 0);
  assert.ok(!("dram" in record.energyMj) && !("package" in record.energyMj));
});

recordingTest("parsePowermetrics() reads clusters and GPU of the text format", () => {
  const { clusters, gpu } = parsePowermetrics(textOf(RECORDING));
  const cpus = clusters.map(({ name, kind, cpus }) => [name, kind, cpus.map(({ cpu }) => cpu)]);
  assert.deepEqual(cpus, [
    ["E-Cluster", "E", [0, 1, 2, 3]],
    ["P0-Cluster", "P", [4, 5, 6, 7, 8]],
    ["P1-Cluster", "P", [9, 10, 11, 12, 13]],
  ]);
  const [e, p0, p1] = clusters;
  assert.deepEqual([e, p0, p1].map((cluster) => cluster!.freqMhz), [1293, 2507, 2316]);
  about(e!.activity, 1);
  about(p0!.activity, 0.0588, 1e-4);
  about(p0!.idleNs, 0.0758 * 5_021_960_000, 1);
  about(p0!.downNs, 0.8653 * 5_021_960_000, 1);
  about(e!.cpus[0]!.activity, 0.5511);
  about(e!.cpuActivity, (0.5511 + 0.5011 + 0.5407 + 0.4661) / 4);
  assert.equal(p0!.cpus[3]!.freqMhz, 0);
  assert.equal(p1!.states.length, 20);
  assert.equal(p1!.states[19]!.freqMhz, 4512);
  about(p1!.states[19]!.usedNs / 5_021_960_000, 0.029, 5e-4);

  assert.equal(gpu!.freqMhz, 338);
  about(gpu!.activity, 0.0163);
  assert.equal(gpu!.downNs, null);
  assert.equal(gpu!.states.filter(({ freqMhz }) => freqMhz === 1182).length, 2);
  about(gpu!.energyMj, 28 * 5.02196);
});

recordingTest("parsePowermetrics() takes no half number from a text that is cut off", () => {
  const text = textOf(RECORDING);
  const whole = parsePowermetrics(text);
  const end = text.indexOf("**** Processor usage") + 24;
  let refused = 0;
  let cuts = 0;
  for (let at = end; at < text.length; at += at > text.indexOf("\nCPU Power") ? 1 : 97) {
    cuts++;
    const cut = text.slice(0, at);
    if (refusal(cut)) refused++;
    else assertPartOf(parsePowermetrics(cut), whole, cut.slice(-40));
  }
  assert.ok(refused > cuts / 2 && refused < cuts, `${refused} of ${cuts} refused`);
});

function assertPartOf(part: PowermetricsRecord, whole: PowermetricsRecord, what: string): void {
  assert.deepEqual(part.clusters, whole.clusters, what);
  for (const rail of ["cpu", "gpu", "ane"] as const) {
    assert.ok([null, whole.energyMj[rail]].includes(part.energyMj[rail]), `${rail}: ${what}`);
  }
  if (part.gpu !== null) assert.equal(part.gpu.activity, whole.gpu!.activity, what);
}

Deno.test("parsePowermetrics() reads the rails and residencies of macOS 11 as text", () => {
  for (const text of [MACOS_11, MACOS_11.replaceAll("\n", "\r\n"), "\0\n" + MACOS_11.trim()]) {
    const record = parsePowermetrics(text);
    assert.deepEqual(record.energyMj, { cpu: 700, gpu: 57, ane: 0, dram: 220, package: 1473 });
    assert.equal(record.timestampMs, Date.UTC(2021, 8, 2, 6, 30, 5));
    assert.equal(record.thermalPressure, "Moderate");
    assert.equal(record.gpu!.energyMj, 67, "the second reading is not the rail");
    about(record.gpu!.activity, 0.0132);
    about(record.clusters[0]!.activity, 0.2);
    assert.equal(record.clusters[0]!.downNs, null);
    about(record.clusters[0]!.cpus[0]!.activity, 0.1105);
  }
});

Deno.test("parsePowermetrics() leaves null what a text does not have", () => {
  const head = "*** Sampled system activity (Wed Sep  1 23:30:05 2021) (100.00ms elapsed) ***\n";
  const record = parsePowermetrics(head + "\n**** GPU usage ****\n\nGPU idle residency: 100.00%\n");
  assert.deepEqual(record.energyMj, { cpu: null, gpu: null, ane: null });
  assert.equal(record.timestampMs, null, "a date without an offset may be any");
  assert.equal(record.hwModel, null);
  assert.equal(record.osBuild, null);
  assert.deepEqual(record.clusters, []);
  assert.equal(record.gpu!.energyMj, null);
  const gpuOnly = parsePowermetrics(
    head + "**** GPU usage ****\nGPU idle residency: 100.00%\nGPU Power: 30 mW\n",
  );
  assert.equal(gpuOnly.energyMj.gpu, 3);
  assert.equal(parsePowermetrics(head + "CPU Power: nan mW\n").energyMj.cpu, null);
});

Deno.test("parsePowermetrics() refuses a text that is not one whole sample, with a remedy", () => {
  const cases: [text: string, message: RegExp][] = [
    ["Machine model: Mac16,6\nOS version: 24F74\n", /no whole line/],
    [MACOS_11.slice(0, MACOS_11.indexOf("ms elapsed")), /no whole line/],
    [MACOS_11.slice(0, MACOS_11.indexOf("CPU 0 idle")), /cut off after "CPU 0 active residency/],
    [MACOS_11.slice(0, MACOS_11.indexOf("7 mW\n")), /cut off after "GPU Power: 5"/],
    [MACOS_11.slice(0, MACOS_11.indexOf("GPU idle")), /cut off after "GPU active residency/],
    [MACOS_11 + MACOS_11, /several; pass one sample at a time/],
    [MACOS_11.replace("1000.00ms", "0.00ms"), /no elapsed_ns above 0/],
    [MACOS_11.replace("CPU Power: 700", "CPU Power: 999999999"), /more than 100 kW/],
  ];
  for (const [text, message] of cases) assert.match(String(refusal(text)?.message), message);
});

Deno.test("parsePowermetrics() survives long lines of digits in a text", () => {
  const digits = "9".repeat(1_000_000);
  for (
    const line of [`GPU HW active residency: 1.00% (${digits}`, `CPU Power: ${digits}`, digits]
  ) {
    refusal(MACOS_11.replace("Package Power: 1473 mW", line));
  }
});
