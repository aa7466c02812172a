import assert from "node:assert/strict";
import { Evidence } from "../../lib/profile/evidence.ts";
import { latchOf } from "../../lib/profile/latch.ts";
import { planOf, type ProfileOptions } from "../../lib/profile/options.ts";
import { powerEvidence } from "../../lib/profile/power_evidence.ts";
import { type Remains, summarize } from "../../lib/profile/summarize.ts";
import { RIG_RAILS } from "../../lib/power/rig/mod.ts";
import { FAMILIES } from "../../tasks/accuracy/families.ts";
import { type Generations, generations, trueTokenMj } from "../../tasks/accuracy/generations.ts";

const OUTER = { load: null, warmUp: null, before: null, after: null };

/** A run as `profile()` would have left it, played by the rig. */
function remains(played: Generations, options: ProfileOptions): Remains {
  const evidence = new Evidence();
  played.repetitions.forEach((tokens, index) =>
    evidence.add({
      repetitions: [{ index, startMs: tokens[0]!.startMs, endMs: tokens.at(-1)!.endMs }],
      sections: [],
      tokens: tokens.map((token) => ({
        ...token,
        repetition: index,
        id: token.index,
        text: "x",
        phase: token.index === 0 ? "prefill" as const : "decode" as const,
      })),
    })
  );
  const info = {
    name: "rig",
    kind: "simulated" as const,
    label: "rig",
    rails: [...RIG_RAILS],
    totalRails: [...RIG_RAILS],
    statedError: null,
  };
  const alignment = {
    boundMs: played.boundMs,
    offsetMs: 0,
    ratePpm: 0,
    convention: "start" as const,
    samples: played.samples,
    findings: [],
  };
  const plan = planOf(options);
  const power = { ...info, source: "rig", intervalMs: 100, boundMs: null, observerMw: null };
  return {
    runId: "run",
    header: {
      model: {
        name: "m",
        path: "m",
        family: "llama",
        numLayers: 1,
        parameters: 1,
        precision: "fp32",
        contextLength: null,
      },
      prompt: "p",
      startedAtMs: 0,
      options: {},
      power,
    },
    promptTokens: [3],
    plan,
    evidence,
    interrupted: false,
    outer: OUTER,
    power: powerEvidence(
      { samples: played.samples, alignment, findings: [] },
      info,
      latchOf("simulated", null),
      OUTER,
    ),
    sampling: [],
    observed: [],
  };
}

const order = { family: FAMILIES[0]!, tokenMs: 60 };

Deno.test("resolve: repetitions tells tokens apart that differ, and the tree adds up all the same", () => {
  const played = generations({ ...order, seed: 4, shape: "spiky" });
  const { run } = summarize(remains(played, { resolve: "repetitions" }));
  const plain = summarize(remains(played, {})).run;
  const decoded = run.tokens.filter(({ phase }) => phase === "decode");
  assert.ok(decoded.every(({ method }) => method === "deconvolved"));
  assert.equal(decoded.length, 40);
  const errorOf = (tokens: typeof decoded) =>
    tokens.filter(({ phase }) => phase === "decode").reduce(
      (sum, { index, energyMj }) =>
        sum + Math.abs((energyMj ?? NaN) / trueTokenMj(played, index) - 1) / decoded.length,
      0,
    );
  assert.ok(errorOf(run.tokens) < 0.6 * errorOf(plain.tokens));
  const decodeMj = run.totals.decodeMj ?? NaN;
  const sumMj = decoded.reduce((sum, { energyMj }) => sum + (energyMj ?? NaN), 0);
  assert.ok(Math.abs(sumMj - decodeMj) < 1e-9 * decodeMj);
  assert.ok(Math.abs(decodeMj - (plain.totals.decodeMj ?? NaN)) < 2e-3 * decodeMj);
  const finding = run.findings.find(({ kind }) => kind === "agreement");
  assert.equal(finding?.severity, "info");
  assert.match(run.verdict, /tokens are told apart by deconvolution, ± .* --resolve tokens/);
});

Deno.test("resolve: repetitions falls back to what records resolve where tokens are alike", () => {
  const played = generations({ ...order, seed: 4, shape: "equal" });
  const { run } = summarize(remains(played, { resolve: "repetitions" }));
  const plain = summarize(remains(played, {})).run;
  assert.deepEqual(run.tokens, plain.tokens);
  const finding = run.findings.find(({ kind }) => kind === "agreement");
  assert.equal(finding?.severity, "warning");
  assert.match(finding?.remedy ?? "", /--resolve tokens/);
});
