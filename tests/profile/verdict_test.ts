import assert from "node:assert/strict";
import { verdictOf } from "../../lib/profile/verdict.ts";
import type { AmplifiedPhase, Energy, ProfilingRun, RunInside } from "../../lib/record.ts";
import { sampleRun } from "../fixtures/run.ts";

function withDecode(energy: Partial<Energy>): ProfilingRun {
  const run = sampleRun();
  const phases = run.phases.map((phase) =>
    phase.phase === "decode" ? { ...phase, energy: { ...phase.energy, ...energy } } : phase
  );
  return { ...run, phases, totals: { ...run.totals, decodedTokens: 10 } };
}

Deno.test("verdictOf() tells an energy by half its interval, and by its ends where that is all of it", () => {
  const said = (energy: Partial<Energy>) => verdictOf(withDecode(energy)).split(" J/token")[0];
  assert.equal(said({ mj: 2000, lowMj: 1900, highMj: 2100 }), "Decode 0.200 ± 5.0 %");
  assert.equal(said({ mj: 20, lowMj: 10, highMj: 30 }), "Decode 0.0020 ± 50 %");
  assert.equal(said({ mj: 2e7, lowMj: 1e7, highMj: 3e7 }), "Decode 2,000 ± 50 %");
  assert.equal(said({ mj: 20, lowMj: 1, highMj: 50 }), "Decode between 0.00010 and 0.0050");
});

Deno.test("verdictOf() says so where no repeated token is sure", () => {
  const run = sampleRun();
  const groups = run.tokens.map(({ index, phase, startMs, endMs }) => ({
    ...{ phase, startMs, endMs, durationMs: endMs - startMs, firstIndex: index, lastIndex: index },
    energy: {
      ...{ mj: 10, lowMj: 1, highMj: 20, interval: "ci95" as const, resolved: false },
      ...{ method: "repeated" as const, byRail: {}, net: null },
    },
  }));
  const steps = run.tokens.length - 1;
  assert.match(
    verdictOf({ ...run, groups }),
    new RegExp(`none of the ${steps} single tokens is sure enough to be told apart: needs a stead`),
  );
});

Deno.test("verdictOf() tells what loops of components captured, and why they were not scaled", () => {
  const decode = {
    ...{ phase: "decode" as const, components: ["q_proj"], isComplete: true, isScaled: true },
    capture: { ratio: 0.968, low: 0.9, high: 1.05 },
  };
  const said = (...amplified: AmplifiedPhase[]) => {
    const inside = { amplified } as Partial<RunInside> as RunInside;
    return verdictOf({ ...sampleRun(), inside }).split("; components by loops: ")[1];
  };
  assert.equal(said(decode), "decode capture ratio 0.97, scaled.");
  assert.equal(
    said({ ...decode, isScaled: false, capture: { ratio: 1.31, low: 1.2, high: 1.4 } }),
    "decode capture ratio 1.31, not scaled: outside of 0.8 to 1.2.",
  );
  assert.equal(
    said({ ...decode, isScaled: false, isComplete: false }, {
      ...decode,
      phase: "prefill",
      isScaled: false,
      capture: null,
    }),
    "decode capture ratio 0.97, not scaled: needs --amplify all; " +
      "prefill capture ratio not known, not scaled.",
  );
  assert.equal(said(), undefined);
  assert.equal(said({ ...decode, components: [] }), undefined);
});
