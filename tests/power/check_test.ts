import assert from "node:assert/strict";
import { checkSampling } from "../../lib/power/check.ts";
import { refuseRails } from "../../lib/power/refuse.ts";
import type { PowerSample } from "../../lib/record.ts";

function samples(
  energies: (Record<string, number | null>)[],
  lengthMs: (i: number) => number = (i) => 104 + (i * 7) % 5,
): PowerSample[] {
  let endMs = 0;
  return energies.map((energyMj, i) => ({ startMs: endMs, endMs: endMs += lengthMs(i), energyMj }));
}

const varied = (i: number) => ({ cpu: 300 + (i * 37) % 90, gpu: 40 + (i * 13) % 30, ane: 0 });
const clean = () => samples(Array.from({ length: 50 }, (_, i) => varied(i)));
const kinds = (findings: { kind: string }[]) => findings.map(({ kind }) => kind);

Deno.test("checkSampling() finds nothing wrong with clean samples", () => {
  const records = clean().map(() => ({ thermalPressure: "Nominal", gpuActivity: 0.5 }));
  assert.deepEqual(checkSampling(clean(), { records, askedMs: 100, losses: [], parseMs: 0.1 }), []);
  assert.deepEqual(checkSampling([]), []);
});

Deno.test("checkSampling() tells a slow cadence", () => {
  const slow = samples(Array.from({ length: 30 }, (_, i) => varied(i)), () => 246);
  const [finding] = checkSampling(slow, { askedMs: 100 });
  assert.equal(finding?.kind, "cadence");
  assert.equal(finding.value, 246);
  // One record in a hundred that is late by far shows in the p99.
  const jumpy = samples(
    Array.from({ length: 50 }, (_, i) => varied(i)),
    (i) => i === 20 ? 420 : 104 + (i % 3),
  );
  assert.deepEqual(kinds(checkSampling(jumpy, { askedMs: 100 })), ["cadence"]);
});

Deno.test("checkSampling() tells a gap and where it is", () => {
  const gapped = clean();
  for (const sample of gapped.slice(20)) {
    sample.startMs += 250;
    sample.endMs += 250;
  }
  const findings = checkSampling(gapped);
  assert.deepEqual(kinds(findings), ["gap"]);
  assert.equal(findings[0]!.startMs, gapped[19]!.endMs);
  assert.equal(findings[0]!.value, 250);
});

Deno.test("checkSampling() tells lost records with their reasons", () => {
  const losses = [{ bytes: 60, reason: "the last record was cut off" }];
  const [finding] = checkSampling(clean(), { losses });
  assert.equal(finding?.kind, "lost-records");
  assert.match(finding.message, /1 of 51 .*cut off/);
});

Deno.test("checkSampling() tells missing rails, wholly or in part", () => {
  const without = clean().map((sample, i) => ({
    ...sample,
    energyMj: { cpu: null, gpu: i === 3 ? null : 40 + i },
  }));
  const findings = checkSampling(without);
  assert.deepEqual(findings.map(({ kind, rail, value }) => ({ kind, rail, value })), [
    { kind: "missing-rail", rail: "cpu", value: 100 },
    { kind: "missing-rail", rail: "gpu", value: 2 },
  ]);
});

Deno.test("checkSampling() tells a rail that is stuck at 0, but not an idle one", () => {
  const idle = clean().map((sample) => ({ ...sample, energyMj: { cpu: 0, gpu: 0, ane: 0 } }));
  const at = (gpuActivity: number) => idle.map(() => ({ thermalPressure: null, gpuActivity }));
  const stuck = (activity: number) =>
    checkSampling(idle, { records: at(activity) }).map(({ kind, rail }) => `${kind} ${rail}`);
  assert.deepEqual(stuck(0), ["stuck-rail cpu"]);
  assert.deepEqual(stuck(0.8), ["stuck-rail cpu", "stuck-rail gpu"]);
});

Deno.test("checkSampling() tells a rail that comes in batches", () => {
  const batched = samples(
    Array.from({ length: 60 }, (_, i) => ({ cpu: i % 20 === 19 ? 6000 + i : 0, gpu: 30 + i % 7 })),
  );
  const [finding, ...rest] = checkSampling(batched);
  assert.equal(finding?.kind, "batched-rail");
  assert.equal(finding.severity, "warning");
  assert.equal(finding.value, 95);
  assert.deepEqual(rest, []);
});

Deno.test("checkSampling() tells a value that is repeated, but not a steady power", () => {
  const repeated = samples(Array.from({ length: 30 }, (_, i) => ({ cpu: i < 10 ? 300 + i : 512 })));
  const [finding] = checkSampling(repeated);
  assert.equal(finding?.kind, "stuck-rail");
  assert.equal(finding.value, 20);
  const steady = samples(Array.from({ length: 30 }, () => ({ cpu: 512 })), () => 100);
  assert.deepEqual(checkSampling(steady), []);
});

Deno.test("checkSampling() tells thermal pressure and slow reading", () => {
  const records = clean().map((_, i) => ({
    thermalPressure: i >= 40 ? "Heavy" : "Nominal",
    gpuActivity: 0.5,
  }));
  const findings = checkSampling(clean(), { records, askedMs: 100, parseMs: 12 });
  assert.deepEqual(kinds(findings), ["thermal-pressure", "parse-time"]);
  assert.equal(findings[0]!.value, 20);
  assert.equal(findings[0]!.startMs, clean()[40]!.startMs);
});

Deno.test("checkSampling() tells one record that is far too long", () => {
  const paused = samples(
    Array.from({ length: 300 }, (_, i) => varied(i)),
    (i) => i === 150 ? 4000 : 104 + (i % 3),
  );
  const [finding, ...rest] = checkSampling(paused, { askedMs: 100 });
  assert.equal(finding?.kind, "cadence");
  assert.match(finding.message, /most 4000 ms/);
  assert.deepEqual(rest, []);
});

Deno.test("checkSampling() tells a rail that stops, but not idle records that round to 0", () => {
  const records = Array.from({ length: 80 }, () => ({ thermalPressure: null, gpuActivity: 0.9 }));
  const stops = samples(Array.from({ length: 80 }, (_, i) => ({ gpu: i < 40 ? 90 + i : 0 })));
  const [finding] = checkSampling(stops, { records });
  assert.equal(finding?.kind, "stuck-rail");
  assert.equal(finding.startMs, stops[40]!.startMs);
  assert.equal(finding.endMs, stops[79]!.endMs);

  const idle = (i: number) => i % 5 === 4 ? 1 : 0;
  const begins = samples(
    Array.from({ length: 80 }, (_, i) => ({ cpu: i < 40 ? idle(i) : 900 + i })),
  );
  assert.deepEqual(checkSampling(begins), []);
});

Deno.test("refuseRails() takes out what is stuck, where it is, and leaves batches to who can read them", () => {
  const some = clean();
  const finding = { severity: "invalid" as const, value: 1, unit: "%", message: "", remedy: "" };
  const { startMs, endMs } = some[3]!;
  const refused = refuseRails(some, [
    { ...finding, kind: "batched-rail", rail: "cpu" },
    { ...finding, kind: "stuck-rail", rail: "gpu", startMs, endMs },
    { ...finding, kind: "missing-rail", rail: "ane", severity: "warning" },
  ]);
  assert.ok(refused.every(({ energyMj }) => energyMj.cpu !== null && energyMj.ane === 0));
  const without = refused.flatMap(({ energyMj }, i) => energyMj.gpu === null ? [i] : []);
  assert.deepEqual(without, [3]);
  assert.deepEqual(refuseRails(some, []), some);
});
