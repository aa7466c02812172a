import assert from "node:assert/strict";
import { InputError } from "../../lib/errors.ts";
import { generate } from "../../lib/inference/mod.ts";
import { loadModel } from "../../lib/model/mod.ts";
import { profile, type ProfileOptions, summarizeStored } from "../../lib/profile/mod.ts";
import { ProfileDatabase, rederiveRun } from "../../lib/store/mod.ts";

const model = await loadModel("models/tinytales");
const QUICK = {
  ...{ baselineSeconds: 0.2, minSeconds: 0.4, warmup: 0, threads: 1 },
  source: "estimate",
} as const satisfies ProfileOptions;

async function answerTo(prompt: string, maxNewTokens: number): Promise<string[]> {
  const texts: string[] = [];
  for await (const { text } of generate(model, prompt, { maxNewTokens, threads: 1 })) {
    texts.push(text);
  }
  return texts;
}

Deno.test("profile() of a batch gives each token its share of the energy, also in the store", async () => {
  using database = ProfileDatabase.open(":memory:");
  const options = {
    ...QUICK,
    maxNewTokens: 12,
    batchSize: 4,
    engine: "ort-ffi",
    database,
  } as const;
  const run = await profile(model, "Once upon a time", options);
  const { totals, runtime, tokens } = run;
  assert.equal(tokens.length, 12);
  assert.equal(totals.promptTokens, 4 * model.tokenizer.encode("Once upon a time").length);
  assert.equal(totals.generatedTokens, 48);
  assert.equal(totals.decodedTokens, 44);
  const close = (a: number | null, b: number) =>
    assert.ok(Math.abs((a ?? NaN) - b) < 1e-9 * b, `${a} ${b}`);
  close(totals.joulesPerToken, totals.decodeMj! / 1000 / 44);
  close(totals.joulesPerPromptToken, totals.prefillMj! / 1000 / totals.promptTokens);
  const decode = run.phases.find(({ phase }) => phase === "decode")!;
  close(totals.tokensPerSecond, 44 / decode.durationMs * 1000);
  // A step's energy is that of all its tokens, so steps add up to the phase.
  const steps = tokens.slice(1).reduce((sum, { energyMj }) => sum + energyMj!, 0);
  assert.ok(steps <= decode.energy.mj! * 1.0001 && steps > 0.8 * decode.energy.mj!);
  const response = (await answerTo("Once upon a time", 12)).join("");
  assert.equal(run.response, response);
  assert.deepEqual(runtime?.sequences.map((one) => one.response), new Array(4).fill(response));
  assert.equal(runtime.engine, "ort-ffi");
  assert.match(runtime.detail, /layers and components are told apart/);

  const stored = database.getRun(run.runId)!;
  assert.deepEqual(stored.totals, totals);
  assert.deepEqual(stored.runtime, runtime);
  const { engine, provider, batchSize, kvCacheBytes } = stored.details;
  assert.deepEqual({ engine, provider, batchSize }, {
    engine: "ort-ffi",
    provider: "cpu",
    batchSize: 4,
  });
  const cached = totals.promptTokens + 4 * 11;
  assert.equal(kvCacheBytes, cached * model.features.kvBytesPerToken!);
  const { changes, lacks } = await rederiveRun(database, run.runId, summarizeStored);
  assert.deepEqual({ changes, lacks }, { changes: [], lacks: null });
});

Deno.test("profile() takes prompts of other lengths at once, and counts what each was answered", async () => {
  const prompts = ["Once upon a time", "The old lamp", "Once"];
  const alone: string[][] = [];
  for (const prompt of prompts) alone.push(await answerTo(prompt, 150));
  const run = await profile(model, prompts, { ...QUICK, maxNewTokens: 150, minSeconds: 0 });
  assert.equal(run.prompt, prompts.join("\n"));
  assert.deepEqual(
    run.runtime?.sequences,
    prompts.map((prompt, row) => ({
      promptTokens: model.tokenizer.encode(prompt).length,
      generatedTokens: alone[row]!.length,
      response: alone[row]!.join(""),
    })),
  );
  const count = alone.reduce((sum, { length }) => sum + length, 0);
  assert.ok(new Set(alone.map(({ length }) => length)).size > 1, "all answers were as long");
  assert.equal(run.totals.generatedTokens, count);
  assert.equal(run.totals.decodedTokens, count - 3);
  assert.equal(run.tokens.length, Math.max(...alone.map(({ length }) => length)));
});

for (
  const [name, prompt, options, said] of [
    ["a batch of none", "Once", { batchSize: 0 }, /batchSize 0/],
    ["another size than prompts", ["Once", "The"], { batchSize: 3 }, /batch of 3 with 2 prompts/],
    ["the inside of a batch", "Once", { batchSize: 2, depth: "component" }, /depth component/],
    ["single tokens of a batch", ["Once", "A"], { resolve: "tokens" }, /batch of 2 with resolve/],
    ["an engine that nobody knows", "Once", { engine: "ort-wasm" }, /engine "ort-wasm"/],
    ["a provider that nobody knows", "Once", { provider: "tpu" }, /"tpu": it is not known/],
    ["layers of what CoreML fuses", "Once", { provider: "coreml", depth: "component" }, /partiti/],
    ["loops on a GPU", "Once", { provider: "webgpu", amplify: "all" }, /run on the CPU only/],
    [
      "a provider that is not there",
      "Once",
      { provider: Deno.build.os === "darwin" ? "cuda" : "coreml" },
      /does not hold it; use one of cpu/,
    ],
  ] as const
) {
  Deno.test(`profile() refuses ${name}, and writes no run`, async () => {
    using database = ProfileDatabase.open(":memory:");
    await assert.rejects(
      profile(model, prompt, { ...QUICK, ...options as ProfileOptions, database }),
      (error) => error instanceof InputError && said.test(error.message),
    );
    assert.deepEqual(database.getRuns(), []);
  });
}
