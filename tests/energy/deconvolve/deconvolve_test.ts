import assert from "node:assert/strict";
import { deconvolve, deconvolveTokens } from "../../../lib/energy/mod.ts";
import { RIG_RAILS } from "../../../lib/power/rig/mod.ts";
import { FAMILIES } from "../../../tasks/accuracy/families.ts";
import {
  type GenerationOrder,
  type Generations,
  generations,
  trueTokenMj,
} from "../../../tasks/accuracy/generations.ts";

const SEEDS = Deno.env.get("TOKENWATT_LONG") ? 10 : 1;
/** Cadences of 106 to 246 ms; latch −5 to 40 ms, jitter 0 to 5 ms, clock: all drawn. */
const METERS = FAMILIES.slice(0, 6);
const PRIOR = [-5, 40] as const;

const optionsOf = ({ boundMs }: Generations) => ({
  totalRails: RIG_RAILS,
  clockBoundMs: boundMs,
  latchMs: PRIOR,
});

interface Case {
  isDeconvolved: boolean;
  /** Mean over the tokens, relative. */
  error: number;
  errorOfTimeShare: number;
  held: number;
  tokens: number;
}

function play(order: Omit<GenerationOrder, "seed" | "family">): Case[] {
  return Array.from({ length: SEEDS }, (_, seed) =>
    METERS.map((family, at) => {
      const played = generations({ ...order, family, seed: 100 * seed + at + 1 });
      const { method, tokens } = deconvolveTokens(
        played.repetitions,
        played.samples,
        optionsOf(played),
      );
      const decoded = tokens.filter(({ index }) => index > 0);
      const sum = (of: (token: typeof decoded[number]) => number) =>
        decoded.reduce((total, token) => total + of(token), 0);
      const meanMw = sum(({ energy }) => energy.mj ?? NaN) / sum(({ durationMs }) => durationMs);
      const errorOf = (index: number, mj: number) => Math.abs(mj / trueTokenMj(played, index) - 1);
      return {
        isDeconvolved: method === "deconvolved",
        error: sum(({ index, energy }) => errorOf(index, energy.mj ?? NaN)) / decoded.length,
        errorOfTimeShare: sum(({ index, durationMs }) => errorOf(index, meanMw * durationMs)) /
          decoded.length,
        held: decoded.filter(({ index, energy: { lowMj, highMj } }) => {
          const trueMj = trueTokenMj(played, index);
          return (lowMj ?? NaN) <= trueMj && trueMj <= (highMj ?? NaN);
        }).length,
        tokens: decoded.length,
      };
    })).flat();
}

Deno.test("deconvolveTokens() is never worse than time share, and its intervals hold the truth", () => {
  const cases = [
    ...play({ tokenMs: 60, shape: "flat" }),
    ...play({ tokenMs: 60, shape: "spiky" }),
    ...play({ tokenMs: 20, shape: "spiky" }),
  ].filter(({ isDeconvolved }) => isDeconvolved);
  assert.ok(cases.length >= 8 * SEEDS, `${cases.length} were told apart`);
  for (const { error, errorOfTimeShare } of cases) assert.ok(error <= errorOfTimeShare);
  const mean = (of: (one: Case) => number) =>
    cases.reduce((sum, one) => sum + of(one), 0) / cases.length;
  assert.ok(mean(({ error }) => error) < 0.6 * mean(({ errorOfTimeShare }) => errorOfTimeShare));
  const held = mean(({ held, tokens }) => held / tokens);
  assert.ok(held >= 0.93, `${held} of the intervals hold the truth`);
});

Deno.test("deconvolveTokens() says that tokens of equal power differ by nothing but their time", () => {
  for (const tokenMs of [5, 20, 60]) {
    for (const one of play({ tokenMs, shape: "equal" })) {
      assert.ok(!one.isDeconvolved);
      assert.equal(one.held, one.tokens, "limits of what is shared are hard");
    }
  }
});

Deno.test("deconvolveTokens() hands out what was measured, and names each token's method", () => {
  const played = generations({ seed: 4, family: METERS[0]!, tokenMs: 60, shape: "spiky" });
  const told = deconvolveTokens(played.repetitions, played.samples, optionsOf(played));
  assert.equal(told.method, "deconvolved");
  assert.ok((told.agreement ?? 0) > 0.5);
  const shared = deconvolveTokens(
    played.repetitions.map((tokens) => tokens.slice(0, 3)),
    played.samples,
    optionsOf(played),
  );
  assert.equal(shared.method, "shared");
  const [prefill, ...decoded] = told.tokens;
  assert.equal(prefill?.energy.method, "integrated");
  for (const { energy } of decoded) {
    assert.equal(energy.method, "deconvolved");
    assert.equal(energy.interval, "ci95");
  }
  const totalMj = decoded.reduce((sum, { energy }) => sum + (energy.mj ?? NaN), 0);
  const trueMj = decoded.reduce((sum, { index }) => sum + trueTokenMj(played, index), 0);
  assert.ok(Math.abs(totalMj / trueMj - 1) < 0.02);
});

Deno.test("deconvolve() gives the same draws for the same seed, and others for another", () => {
  const played = generations({ seed: 4, family: METERS[0]!, tokenMs: 60, shape: "spiky" });
  const drawsOf = (seed: number) =>
    deconvolve(played.repetitions, played.samples, { ...optionsOf(played), seed })
      .powers[0]?.drawsMw;
  assert.deepEqual(drawsOf(1), drawsOf(1));
  assert.notDeepEqual(drawsOf(1), drawsOf(2));
});

Deno.test("deconvolve() has nothing to tell of few repetitions, few records, or unknown clocks", () => {
  const played = generations({ seed: 4, family: METERS[0]!, tokenMs: 60, shape: "spiky" });
  const { repetitions, samples } = played;
  const nothing = { method: "shared" as const, agreement: null, powers: [] };
  assert.deepEqual(deconvolve([], []), nothing);
  assert.deepEqual(deconvolve(repetitions.slice(0, 3), samples, optionsOf(played)), nothing);
  assert.deepEqual(deconvolve(repetitions, samples.slice(0, 20), optionsOf(played)), nothing);
  assert.deepEqual(
    deconvolve(repetitions, samples, { ...optionsOf(played), clockBoundMs: Infinity }),
    nothing,
  );
  const unmeasured = samples.map((sample) => ({ ...sample, energyMj: { cpu: null } }));
  assert.deepEqual(deconvolve(repetitions, unmeasured), nothing);
  assert.throws(() => deconvolve(repetitions, samples, { clockBoundMs: -1 }), RangeError);
});
