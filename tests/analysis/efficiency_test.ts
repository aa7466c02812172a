import assert from "node:assert/strict";
import {
  CARBON_INTENSITIES,
  efficiency,
  ELECTRICITY_PRICES,
  type Estimate,
} from "../../lib/analysis/mod.ts";
import type { ProfilingRun } from "../../lib/record.ts";
import { sampleRun } from "../fixtures/run.ts";

const run = sampleRun({ tokens: 24 });

function near(found: Estimate | null, value: number): void {
  assert.ok(found && Math.abs(found.value - value) <= 1e-9 * value, `${found?.value} ${value}`);
  assert.ok((found.low ?? -Infinity) <= found.value && found.value <= (found.high ?? Infinity));
}

function phaseOf({ phases }: ProfilingRun, name: string) {
  const phase = phases.find(({ phase }) => phase === name);
  assert.ok(phase);
  return { mj: phase.energy.mj ?? NaN, durationMs: phase.durationMs };
}

Deno.test("efficiency() divides each energy by the tokens that it made, and keeps the interval", () => {
  const { totals, model } = run;
  const found = efficiency(run);
  const energyMj = totals.energyMj ?? NaN;
  const all = totals.promptTokens + totals.generatedTokens;
  near(found.joulesPerInputToken, phaseOf(run, "prefill").mj / 1000 / totals.promptTokens);
  near(found.joulesPerOutputToken, phaseOf(run, "decode").mj / 1000 / 23);
  near(found.joulesPerOutputToken, totals.joulesPerToken ?? NaN);
  near(found.joulesPerToken, energyMj / 1000 / all);
  near(found.tokensPerJoule, 24 / (energyMj / 1000));
  near(found.mjPerMillionParameters, energyMj / (model.parameters / 1e6));
  const decode = run.phases.find(({ phase }) => phase === "decode")?.energy;
  assert.equal(found.joulesPerOutputToken?.low, (decode?.lowMj ?? NaN) * (1 / 23_000));
  assert.equal(found.joulesPerOutputToken?.resolved, decode?.resolved);
});

Deno.test("efficiency() turns the ends around where it divides by an energy", () => {
  const { tokensPerJoule, inputOutputRatio, joulesPerInputToken, joulesPerOutputToken } =
    efficiency(run);
  const { lowMj, highMj } = run.totals;
  near(tokensPerJoule, tokensPerJoule?.value ?? NaN);
  assert.ok(Math.abs((tokensPerJoule?.low ?? NaN) - 24_000 / (highMj ?? NaN)) < 1e-9);
  assert.ok(Math.abs((tokensPerJoule?.high ?? NaN) - 24_000 / (lowMj ?? NaN)) < 1e-9);
  const [above, below] = [joulesPerInputToken, joulesPerOutputToken];
  assert.ok(above && below);
  near(inputOutputRatio, above.value / below.value);
  assert.equal(inputOutputRatio?.low, (above.low ?? NaN) / (below.high ?? NaN));
  assert.equal(inputOutputRatio?.high, (above.high ?? NaN) / (below.low ?? NaN));
  const unbounded = efficiency({ ...run, totals: { ...run.totals, lowMj: -1 } }).tokensPerJoule;
  assert.deepEqual([unbounded?.low, unbounded?.high], [null, null]);
});

Deno.test("efficiency() gives the energy-delay product of the run, its phases and its tokens", () => {
  const { energyDelayJs } = efficiency(run);
  near(energyDelayJs.run, (run.totals.energyMj ?? NaN) * run.totals.durationMs / 1e6);
  const decode = phaseOf(run, "decode");
  const found = energyDelayJs.phases.find(({ phase }) => phase === "decode");
  near(found?.energyDelayJs ?? null, decode.mj * decode.durationMs / 1e6);
  assert.equal(energyDelayJs.tokens.length, 24);
  const token = run.tokens[5];
  assert.ok(token);
  const ofToken = energyDelayJs.tokens[5]?.energyDelayJs ?? null;
  near(ofToken, (token.energyMj ?? NaN) * (token.endMs - token.startMs) / 1e6);
  assert.equal(ofToken?.resolved, token.resolved);
});

Deno.test("efficiency() finds the highest record of each rail, and no power that no record shows", () => {
  const trace = structuredClone(run.trace);
  const [first, second] = trace.phases.filter(({ repetition }) => repetition !== null);
  assert.ok(first && second);
  const at = trace.samples.findIndex(({ startMs }) => startMs > first.startMs);
  const sample = trace.samples[at];
  assert.ok(sample);
  sample.energyMj = { ...sample.energyMj, gpu: 90_000 };
  trace.samples.unshift({
    startMs: first.startMs - 5000,
    endMs: first.startMs - 4900,
    energyMj: { cpu: 1e6, gpu: 1e6, ane: 1e6 },
  });
  const { peakPowers } = efficiency({ ...run, trace });
  const gpu = peakPowers.find(({ rail }) => rail === "gpu");
  assert.equal(gpu?.startMs, sample.startMs);
  near(gpu?.powerMw ?? null, 90_000 / (sample.endMs - sample.startMs) * 1000);
  assert.equal(gpu?.powerMw.high, null);
  assert.deepEqual(peakPowers.map(({ rail }) => rail), ["cpu", "gpu", "ane", "total"]);
  for (const one of trace.samples) one.energyMj = { ...one.energyMj, ane: null };
  const rails = efficiency({ ...run, trace }).peakPowers.map(({ rail }) => rail);
  assert.deepEqual(rails, ["cpu", "gpu"], "a total needs all of its rails");
});

Deno.test("efficiency() computes cost and CO₂ of 3.6e9 mJ a kWh, and use of a stated limit", () => {
  const options = {
    price: ELECTRICITY_PRICES.eu,
    carbon: CARBON_INTENSITIES.fr,
    powerLimitMw: 60_000,
  };
  const { cost, carbon, powerUtilization } = efficiency(run, options);
  const kwh = (run.totals.energyMj ?? NaN) / 3.6e9;
  near(cost?.run ?? null, kwh * options.price.perKwh);
  near(cost?.perMillionTokens ?? null, kwh * options.price.perKwh / 24 * 1e6);
  near(carbon?.runGrams ?? null, kwh * 56);
  near(carbon?.perMillionTokensGrams ?? null, kwh * 56 / 24 * 1e6);
  near(powerUtilization, (run.totals.meanMw ?? NaN) / 60_000);
  for (
    const preset of [...Object.values(ELECTRICITY_PRICES), ...Object.values(CARBON_INTENSITIES)]
  ) {
    assert.ok(preset.source && (preset.year ?? 0) > 2020);
  }
});

Deno.test("efficiency() is null, not 0, where nothing was measured or there is nothing to divide by", () => {
  const unmeasured: ProfilingRun = {
    ...run,
    totals: { ...run.totals, energyMj: null, lowMj: null, highMj: null },
    phases: [],
    tokens: [],
    trace: { ...run.trace, samples: [] },
  };
  const found = efficiency(unmeasured, { price: ELECTRICITY_PRICES.us, powerLimitMw: 1 });
  for (const key of ["joulesPerInputToken", "joulesPerToken", "tokensPerJoule"] as const) {
    assert.equal(found[key], null, key);
  }
  assert.deepEqual([found.cost?.run, found.powerUtilization, found.peakPowers], [null, null, []]);
  assert.deepEqual([efficiency(run).cost, efficiency(run).powerUtilization], [null, null]);
  const one = efficiency(sampleRun({ tokens: 1 }));
  assert.equal(one.joulesPerOutputToken, null);
  assert.equal(one.inputOutputRatio, null);
  assert.ok(one.joulesPerToken);
});

Deno.test("efficiency() resolves nothing of an estimate, and refuses what is no price", () => {
  const estimated = efficiency(sampleRun({ kind: "estimated", rails: ["cpu"] }));
  assert.equal(estimated.joulesPerToken?.resolved, false);
  assert.equal(estimated.peakPowers[0]?.powerMw.resolved, false);
  assert.throws(() => efficiency(run, { powerLimitMw: 0 }), RangeError);
  assert.throws(() => efficiency(run, { price: { perKwh: NaN, currency: "EUR" } }), /perKwh NaN/);
  assert.throws(() => efficiency(run, { carbon: { gramsPerKwh: -1 } }), RangeError);
});

Deno.test("efficiency() resolves a run by its records where no phase is known alone", () => {
  const phases = run.phases.map((phase) => ({
    ...phase,
    energy: { ...phase.energy, resolved: false },
  }));
  assert.equal(efficiency({ ...run, phases }).tokensPerJoule?.resolved, true);
  const trace = { ...run.trace, samples: run.trace.samples.slice(0, 2) };
  assert.equal(efficiency({ ...run, phases, trace }).tokensPerJoule?.resolved, false);
});
