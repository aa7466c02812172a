import assert from "node:assert/strict";
import { InputError } from "../../lib/errors.ts";
import { estimateEnergyMj, EstimateSource } from "../../lib/power/estimate.ts";
import type { PowerRecord } from "../../lib/power/source.ts";

Deno.test("estimateEnergyMj() is linear in busy cores between idle and busy power", () => {
  // 8 idle CPUs for a second: 8 × 0.74 W; all busy: 8 × 3.5 W; two of them: 2 × 2.76 W on top.
  assert.equal(estimateEnergyMj(1000, 0, { cpus: 8 }), 5920);
  assert.equal(estimateEnergyMj(1000, 8000, { cpus: 8 }), 28_000);
  assert.equal(estimateEnergyMj(1000, 2000, { cpus: 8 }), 5920 + 5520);
  assert.equal(estimateEnergyMj(100, 200, { cpus: 8 }), 1144);
});

Deno.test("estimateEnergyMj() never passes the power of all CPUs busy", () => {
  assert.equal(estimateEnergyMj(100, 1000, { cpus: 2 }), 700);
  assert.equal(estimateEnergyMj(100, -1, { cpus: 2 }), 148);
});

Deno.test("estimateEnergyMj() takes another curve", () => {
  const curve = { cpus: 1, idleMwPerCpu: 100, busyMwPerCpu: 1100 };
  assert.equal(estimateEnergyMj(1000, 500, curve), 600);
});

Deno.test("EstimateSource refuses a curve that cannot be, and too small an error", () => {
  const cases = [
    { statedError: 0.1 },
    { statedError: 2 },
    { statedError: NaN },
    { idleMwPerCpu: 900, busyMwPerCpu: 800 },
    { busyMwPerCpu: Infinity },
    { cpus: 0 },
    { cpus: 1.5 },
  ];
  for (const options of cases) {
    assert.throws(() => new EstimateSource(options), InputError, JSON.stringify(options));
  }
  assert.equal(new EstimateSource({ statedError: 0.3 }).info.statedError, 0.3);
  assert.equal(new EstimateSource().info.statedError, 0.5);
});

Deno.test("EstimateSource gives contiguous records on our own clock, and ends when told", async () => {
  const stop = new AbortController();
  const records: PowerRecord[] = [];
  for await (const event of new EstimateSource({ cpus: 2 }).open(50, stop.signal)) {
    assert.ok("record" in event);
    records.push(event.record);
    assert.deepEqual(JSON.parse(new TextDecoder().decode(event.raw)), event.record);
    if (records.length === 4) stop.abort();
  }
  assert.ok(records.length >= 4 && records.length <= 5, `${records.length}`);
  records.forEach(({ startMs, endMs, elapsedNs, energyMj }, i) => {
    if (i > 0) assert.equal(startMs, records[i - 1]!.endMs);
    assert.ok(Math.abs((endMs! - startMs!) * 1e6 - elapsedNs) < 1);
    const powerMw = energyMj.cpu! / (elapsedNs * 1e-9);
    assert.ok(powerMw >= 1479 && powerMw <= 7001, `${powerMw} mW`);
  });
});
