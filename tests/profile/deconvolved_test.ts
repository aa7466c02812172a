import assert from "node:assert/strict";
import { summarize } from "../../lib/profile/summarize.ts";
import { FAMILIES } from "../../tasks/accuracy/families.ts";
import { generations, trueTokenMj } from "../../tasks/accuracy/generations.ts";
import { remains } from "./played_run.ts";

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
