import assert from "node:assert/strict";
import { alignRecords } from "../../lib/power/align.ts";
import { simulate, type Simulation } from "./fixtures/simulated.ts";

const RUNS = 40;

/** Aligns and asserts that every boundary lies inside the bound. */
function alignedWithinBound(simulation: Simulation) {
  const { records, arrivalsMs, starts, ends, spawnMs } = simulate(simulation);
  const alignment = alignRecords(records, arrivalsMs, { spawnMs, intervalMs: 100 });
  assert.equal(alignment.samples.length, records.length);
  alignment.samples.forEach((sample, i) => {
    const errorMs = Math.max(
      Math.abs(sample.startMs - starts[i]!),
      Math.abs(sample.endMs - ends[i]!),
    );
    assert.ok(
      errorMs <= alignment.boundMs + 0.02,
      `seed ${simulation.seed}, record ${i}: ${errorMs} ms beyond ${alignment.boundMs} ms`,
    );
  });
  return alignment;
}

function medianBound(simulation: Omit<Simulation, "seed">): number {
  const bounds = Array.from(
    { length: RUNS },
    (_, seed) => alignedWithinBound({ ...simulation, seed: seed + 1 }).boundMs,
  );
  return bounds.sort((a, b) => a - b)[RUNS >> 1]!;
}

for (const stamps of ["start", "end"] as const) {
  Deno.test(`alignRecords() dates 10 s of records stamped at their ${stamps}`, () => {
    const bound = medianBound({ stamps, seconds: 10 });
    assert.ok(bound < 8, `median bound ${bound} ms`);
  });

  Deno.test(`alignRecords() finds that stamps mark the ${stamps}`, () => {
    for (let seed = 1; seed <= RUNS; seed++) {
      assert.equal(alignedWithinBound({ seed, stamps, seconds: 10 }).convention, stamps);
    }
  });

  Deno.test(`alignRecords() keeps ten minutes of drift in the bound (${stamps})`, () => {
    for (const ppm of [-150, -5, 5, 150]) {
      const alignment = alignedWithinBound({ seed: 5, stamps, seconds: 600, ppm });
      assert.deepEqual(alignment.findings, []);
      assert.ok(alignment.boundMs < 12, `${alignment.boundMs} ms`);
      assert.ok(Math.abs(alignment.ratePpm - ppm) < 30, `${alignment.ratePpm} ppm`);
    }
  });

  Deno.test(`alignRecords() says how little a few records tell (${stamps})`, () => {
    for (const seconds of [0.05, 0.4, 1, 2]) medianBound({ stamps, seconds });
  });
}

Deno.test("alignRecords() gives samples that follow each other without a gap", () => {
  const { samples } = alignedWithinBound({ seed: 2, stamps: "start", seconds: 20 });
  for (let i = 1; i < samples.length; i++) {
    assert.equal(samples[i]!.startMs, samples[i - 1]!.endMs);
  }
  assert.deepEqual(samples[3]!.energyMj, { cpu: 3 });
});

Deno.test("alignRecords() fits a gap after each record, and says so", () => {
  for (let seed = 1; seed <= 10; seed++) {
    const { findings } = alignedWithinBound({ seed, stamps: "start", seconds: 120, gapMs: 0.8 });
    assert.deepEqual(findings.map(({ kind, severity }) => ({ kind, severity })), [
      { kind: "gap", severity: "info" },
    ]);
    assert.ok(Math.abs(findings[0]!.value - 0.8) < 0.1, `${findings[0]!.value}`);
  }
});

Deno.test("alignRecords() keeps its dates where the sampler's clock is set", () => {
  for (const ms of [-3000, 2500]) {
    const simulation = { seed: 9, stamps: "start", seconds: 40, step: { at: 200, ms } } as const;
    const { findings, samples } = alignedWithinBound(simulation);
    assert.ok(findings.some(({ kind }) => kind === "clock-step"), JSON.stringify(findings));
    for (let i = 1; i < samples.length; i++) {
      assert.ok(samples[i]!.startMs >= samples[i - 1]!.endMs - 1e-6);
    }
  }
});

Deno.test("alignRecords() finds a pause", () => {
  const pause = { at: 150, ms: 45_000 };
  const { findings } = alignedWithinBound({ seed: 4, stamps: "start", seconds: 90, pause });
  assert.deepEqual(findings.map(({ kind }) => kind), ["sleep"]);
  assert.ok(Math.abs(findings[0]!.value - 45_000) < 100, `${findings[0]!.value}`);
});

Deno.test("alignRecords() starts anew after records that were lost", () => {
  const { records, arrivalsMs, ends, spawnMs } = simulate({
    seed: 8,
    stamps: "start",
    seconds: 20,
  });
  for (const all of [records, arrivalsMs, ends]) all.splice(80, 2);
  const { samples, boundMs, findings } = alignRecords(records, arrivalsMs, {
    spawnMs,
    lostBefore: [80],
  });
  samples.forEach(({ endMs }, i) => assert.ok(Math.abs(endMs - ends[i]!) <= boundMs + 0.02));
  const holeMs = samples[80]!.startMs - samples[79]!.endMs;
  assert.ok(holeMs > 150 && holeMs < 350, `${holeMs}`);
  assert.deepEqual(findings, []);
});

Deno.test("alignRecords() falls back on arrivals without stamps", () => {
  const bound = medianBound({ stamps: "none", seconds: 10 });
  assert.ok(bound <= 65, `${bound}`);
  const { convention } = alignedWithinBound({ seed: 1, stamps: "none", seconds: 10 });
  assert.equal(convention, "arrival");
});

Deno.test("alignRecords() takes exact times as they are", () => {
  const record = {
    elapsedNs: 1e8,
    timestampMs: null,
    energyMj: { cpu: 7 },
    startMs: 5,
    endMs: 105,
  };
  assert.deepEqual(alignRecords([record], [400]), {
    samples: [{ startMs: 5, endMs: 105, energyMj: { cpu: 7 } }],
    offsetMs: 5,
    ratePpm: 0,
    convention: "exact",
    boundMs: 0,
    findings: [],
  });
});

Deno.test("alignRecords() knows nothing of no records", () => {
  const { samples, boundMs, offsetMs } = alignRecords([], []);
  assert.deepEqual(samples, []);
  assert.equal(boundMs, Infinity);
  assert.ok(Number.isNaN(offsetMs));
});
