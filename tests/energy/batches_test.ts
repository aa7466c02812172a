import assert from "node:assert/strict";
import { mergeBatches } from "../../lib/energy/batches.ts";
import { uniforms } from "../../lib/energy/draws.ts";
import { attributeEnergy, energyOver } from "../../lib/energy/mod.ts";
import { railRecords } from "../../lib/energy/records.ts";
import type { PowerSample, Span } from "../../lib/record.ts";

const TIMES = Deno.env.get("TOKENWATT_LONG") ? 10 : 1;

/** Records of 100 ms from 0, with the given energies; `null` is a record that was lost. */
function records(...energies: (number | null)[]): PowerSample[] {
  return energies.flatMap((cpu, index) =>
    cpu === null ? [] : [{ startMs: index * 100, endMs: (index + 1) * 100, energyMj: { cpu } }]
  );
}

function merged(...energies: (number | null)[]) {
  const { records: found, earlyMs } = mergeBatches(railRecords(records(...energies), "cpu"));
  const rows = Array.from(
    found.startMs,
    (start, at) => [start, found.endMs[at], found.energyMj[at]],
  );
  return { rows, earlyMs, highestMw: found.highestMw };
}

Deno.test("mergeBatches() makes one record of each spike and the zeros before it", () => {
  const { rows, earlyMs, highestMw } = merged(0, 0, 900, 0, 0, 0, 1600, 0, 0, 1200);
  assert.deepEqual(rows, [[0, 300, NaN], [300, 700, 1600], [700, 1000, 1200]]);
  assert.equal(earlyMs, 100);
  assert.ok(highestMw < 4100);
});

Deno.test("mergeBatches() takes a batch that was published in two steps as one, but no more", () => {
  const { rows, earlyMs } = merged(0, 900, 0, 0, 1100, 500, 0, 0, 800, 300, 400, 0, 0, 900);
  assert.deepEqual(rows.slice(1), [
    [200, 600, 1600],
    [600, 1000, 1100],
    [1000, 1100, 400],
    [1100, 1400, 900],
  ]);
  assert.equal(earlyMs, 200);
});

Deno.test("mergeBatches() knows neither what was not yet published nor what a lost record held", () => {
  assert.deepEqual(merged(0, 900, 0, 700, 0, 0).rows, [[0, 200, NaN], [200, 400, 700], [
    400,
    600,
    NaN,
  ]]);
  const lost = merged(0, 900, 0, null, 0, 700, 0, 0, 800).rows;
  assert.deepEqual(lost, [[0, 200, NaN], [200, 300, NaN], [400, 600, NaN], [600, 900, 800]]);
  assert.deepEqual(merged(0, 0, 0).rows, [[0, 300, NaN]]);
  assert.deepEqual(merged().rows, []);
});

Deno.test("mergeBatches() leaves alone what comes record by record", () => {
  assert.deepEqual(merged(100, 200, 300).rows, [[0, 100, NaN], [100, 200, 200], [200, 300, 300]]);
});

Deno.test("energyOver() does not take a batch for the energy of the record that it came in", () => {
  // 20 W all the time, published every 500 ms.
  const samples = records(...Array.from({ length: 40 }, (_, at) => at % 5 === 4 ? 10_000 : 0));
  const naive = energyOver(samples, 1100, 1400);
  assert.equal(naive.mj, 0);
  const short = energyOver(samples, 1100, 1400, { batchedRails: ["cpu"] });
  assert.ok(Math.abs((short.mj ?? NaN) - 6000) < 60, `${short.mj}`);
  assert.deepEqual([short.method, short.resolved], ["shared", false]);
  const long = energyOver(samples, 1000, 3500, { batchedRails: ["cpu"] });
  assert.ok(Math.abs((long.mj ?? NaN) - 50_000) < 500 && long.resolved, `${long.mj}`);
  assert.equal(energyOver(samples, 100, 1000, { batchedRails: ["cpu"] }).mj, null);
});

Deno.test("attributeEnergy() holds the truth of phases in batches of 2 s, and resolves only long ones", () => {
  let held = 0;
  let resolvedHeld = 0;
  let resolved = 0;
  let cases = 0;
  let hardHeld = 0;
  let hard = 0;
  for (let seed = 1; seed <= 60 * TIMES; seed++) {
    const random = uniforms(seed * 31);
    const prefillMs = 200 + 3000 * random();
    const decodeMs = 6000 + 9000 * random();
    const [prefillMw, decodeMw, idleMw] = [20_000 + 20_000 * random(), 15_000, 2000];
    const bounds = [8000, 8000 + prefillMs, 8000 + prefillMs + decodeMs] as const;
    const drawn = (ms: number) => {
      const [start, middle, end] = bounds;
      const within = (from: number, to: number) => Math.max(0, Math.min(ms, to) - from);
      return (idleMw * (within(0, start) + within(end, Infinity)) +
        prefillMw * within(start, middle) + decodeMw * within(middle, end)) / 1000;
    };
    const samples: PowerSample[] = [];
    let publishedMj = 0;
    let nextMs = 2100 * random();
    for (let startMs = 0; startMs < bounds[2] + 6000;) {
      const endMs = startMs + 110 + 12 * random();
      let cpu = 0;
      if (nextMs < endMs) {
        const counter = Math.floor(drawn(nextMs));
        cpu = counter - publishedMj;
        publishedMj = counter;
        nextMs += 2030 + 200 * random();
      }
      samples.push({ startMs, endMs, energyMj: { cpu } });
      startMs = endMs;
    }
    const phase = (name: string, startMs: number, endMs: number): Span => (
      { kind: "phase", name, startMs, endMs, children: [] }
    );
    const run = attributeEnergy(
      {
        kind: "run",
        name: "run",
        startMs: bounds[0],
        endMs: bounds[2],
        children: [phase("prefill", bounds[0], bounds[1]), phase("decode", bounds[1], bounds[2])],
      },
      samples,
      { batchedRails: ["cpu"], idleMw, seed },
    );
    for (const { startMs, endMs, energy } of [run, ...run.children]) {
      const truth = drawn(endMs ?? NaN) - drawn(startMs ?? NaN);
      const { lowMj, highMj } = energy;
      assert.ok(lowMj !== null && highMj !== null);
      const holds = lowMj <= truth && truth <= highMj;
      cases++;
      if (holds) held++;
      if (energy.interval === "hard") hard++;
      if (energy.interval === "hard" && holds) hardHeld++;
      if (energy.resolved) resolved++;
      if (energy.resolved && holds) resolvedHeld++;
    }
  }
  const figures =
    `hard ${hardHeld} of ${hard}, held ${held}, resolved ${resolvedHeld} of ${resolved}, all ${cases}`;
  assert.ok(resolved > cases / 4, figures);
  assert.ok(hard > 0 && hardHeld / hard >= 0.99, figures);
  assert.ok(held / cases >= 0.93 && resolvedHeld / resolved >= 0.93, figures);
});
