import assert from "node:assert/strict";
import { nowMs } from "../../lib/clock.ts";
import { InputError } from "../../lib/errors.ts";
import { generate, type GenerateOptions, openSession } from "../../lib/inference/mod.ts";
import { buildModel, loadModel, type Model } from "../../lib/model/mod.ts";
import type { Section, TokenEvent } from "../../lib/record.ts";
import { type Signature, SIGNATURES, TINY, tinyDecoder } from "../fixtures/decoders/mod.ts";
import { SMALL, temporaryFolder } from "../model/checkpoints.ts";

const golden: { prompt: string; input_ids: number[]; generated_ids: number[]; text: string }[] =
  JSON
    .parse(await Deno.readTextFile(`${import.meta.dirname}/../../models/tinytales/golden.json`));
const tinytales = await loadModel("models/tinytales");

async function collect(
  prompt: string | number[],
  options: GenerateOptions = {},
  model: Model = tinytales,
): Promise<TokenEvent[]> {
  return await Array.fromAsync(generate(model, prompt, { threads: 1, ...options }));
}

for (const [index, { prompt, input_ids, generated_ids, text }] of golden.entries()) {
  Deno.test(`generate() answers golden prompt ${index} token for token`, async () => {
    const prompts: (readonly number[])[] = [];
    const tokens = await collect(prompt, { onPrompt: (ids) => prompts.push(ids) });
    assert.deepEqual(tokens.map((token) => token.id), generated_ids);
    assert.equal(tokens.map((token) => token.text).join(""), text);
    assert.deepEqual(prompts, [input_ids]);
    assert.deepEqual(
      tokens,
      await collect(input_ids).then((again) =>
        again.map((token, i) => ({
          ...token,
          startMs: tokens[i]!.startMs,
          endMs: tokens[i]!.endMs,
        }))
      ),
    );
  });
}

Deno.test("generate() numbers and times its tokens: the first is the prefill", async () => {
  const before = nowMs();
  const tokens = await collect("Once", { maxNewTokens: 5 });
  assert.deepEqual(tokens.map((token) => token.index), [0, 1, 2, 3, 4]);
  assert.deepEqual(tokens.map((t) => t.phase), ["prefill", "decode", "decode", "decode", "decode"]);
  let last = before;
  for (const { startMs, endMs } of tokens) {
    assert.ok(last <= startMs && startMs < endMs);
    last = endMs;
  }
  assert.ok(last <= nowMs());
});

Deno.test("generate() starts a token's time when the consumer asks for it", async () => {
  let askedMs = 0;
  for await (const token of generate(tinytales, "Once", { maxNewTokens: 4, threads: 1 })) {
    assert.ok(token.startMs >= askedMs);
    await new Promise((resolve) => setTimeout(resolve, 20));
    askedMs = nowMs();
  }
});

Deno.test("generate() reports sections that lie within their tokens", async () => {
  const sections: Section[] = [];
  const tokens = await collect("Once", { maxNewTokens: 3, onSection: (s) => sections.push(s) });
  const names = sections.map((section) => `${section.phase}/${section.name}`);
  assert.deepEqual(names, [
    "pre_inference/tokenize",
    "pre_inference/session_open",
    "pre_inference/cache_setup",
    ...["prefill", "decode", "decode"].flatMap((phase) =>
      ["tensors", "forward", "sampling", "detokenize"].map((name) => `${phase}/${name}`)
    ),
    "post_inference/detokenize",
  ]);
  tokens.forEach((token, i) => {
    const own = sections.slice(3 + 4 * i, 7 + 4 * i);
    assert.equal(own[0]!.startMs, token.startMs);
    assert.equal(own[0]!.endMs, own[1]!.startMs);
    assert.equal(own[1]!.endMs, own[2]!.startMs);
    assert.equal(own[2]!.endMs, own[3]!.startMs);
    assert.equal(own[3]!.endMs, token.endMs);
  });
});

const LONG = Array.from({ length: 300 }, (_, i) => 2 + (i * 37) % 1000);

Deno.test("generate() gives the same tokens however the prompt is cut", async () => {
  await using session = await openSession(tinytales, { threads: 1 });
  const answer = (prefillChunk?: number) =>
    collect(LONG, { session, prefillChunk, maxNewTokens: 8, ignoreEos: true });
  const expected = (await answer()).map(({ id }) => id);
  for (const chunk of [7, 100, 299, 300, 512]) {
    const tokens = await answer(chunk);
    assert.deepEqual(tokens.map(({ id }) => id), expected, `chunks of ${chunk}`);
    assert.equal(session.pastLength, 307);
  }
});

Deno.test("generate() tells every pass of a long prompt, within token 0", async () => {
  const sections: Section[] = [];
  const options = {
    prefillChunk: 128,
    maxNewTokens: 1,
    onSection: (s: Section) => sections.push(s),
  };
  const [first] = await collect(LONG, options);
  const passes = sections.filter(({ phase }) => phase === "prefill");
  assert.deepEqual(
    passes.map(({ name }) => name),
    ["tensors", "forward", "tensors", "forward", "tensors", "forward", "sampling", "detokenize"],
  );
  assert.equal(passes[0]!.startMs, first!.startMs);
  assert.equal(passes.at(-1)!.endMs, first!.endMs);
  for (const [i, { startMs }] of passes.slice(1).entries()) {
    assert.equal(startMs, passes[i]!.endMs);
  }
});

Deno.test("generate() can be stopped between two passes of a long prompt", async () => {
  const controller = new AbortController();
  let passes = 0;
  await assert.rejects(
    collect(LONG, {
      prefillChunk: 50,
      signal: controller.signal,
      onSection({ name }) {
        if (name === "forward" && ++passes === 2) controller.abort();
      },
    }),
    { name: "AbortError" },
  );
  assert.equal(passes, 2);
});

/** A model whose graph is a tiny decoder. */
async function tinyModel(folder: string, signature: Signature): Promise<Model> {
  const onnxPath = `${folder}/model.onnx`;
  await Deno.writeFile(onnxPath, tinyDecoder(signature));
  const features = { ...tinytales.features, vocabSize: TINY.vocab, numHeads: TINY.heads };
  return { ...tinytales, onnxPath, features, contextLength: TINY.room };
}

Deno.test("generate() runs a prompt whole where the graph cannot continue with several tokens", async () => {
  using folder = temporaryFolder();
  const model = await tinyModel(folder.path, SIGNATURES["static cache of open length"]!.signature);
  const prompt = [5, 17, 3, 30, 8];
  assert.equal((await collect(prompt, { maxNewTokens: 4 }, model)).length, 4);
  await assert.rejects(
    collect(prompt, { prefillChunk: 4 }, model),
    (error) =>
      error instanceof InputError && /chunks of 4.*one token only; leave/.test(error.message),
  );
});

Deno.test("generate() ends where a cache of fixed length is full", async () => {
  using folder = temporaryFolder();
  const model = await tinyModel(folder.path, SIGNATURES["static cache of fixed length"]!.signature);
  const prompt = Array.from({ length: 37 }, (_, i) => i % 32);
  assert.equal((await collect(prompt, { ignoreEos: true }, model)).length, 3);
  await assert.rejects(
    collect([...prompt, 1, 2, 3], {}, model),
    (error) => error instanceof InputError && /40 tokens: .* holds 40/.test(error.message),
  );
});

Deno.test("generate() ends with the stop token as its last event", async () => {
  const { generated_ids } = golden[0]!;
  const stop = generated_ids[9]!;
  const tokens = await collect(golden[0]!.prompt, { stopTokenIds: [stop] });
  const first = generated_ids.indexOf(stop);
  assert.deepEqual(tokens.map((token) => token.id), generated_ids.slice(0, first + 1));
});

Deno.test("generate() stops at the model's end token unless told to go on", async () => {
  const ended = {
    ...tinytales,
    generation: { bosTokenId: 0, eosTokenIds: [golden[0]!.generated_ids[3]!] },
  };
  assert.equal((await collect(golden[0]!.prompt, {}, ended)).length, 4);
  const all = await collect(golden[0]!.prompt, { ignoreEos: true, maxNewTokens: 8 }, ended);
  assert.equal(all.length, 8);
});

Deno.test("generate() tells no text for special tokens", async () => {
  // The most likely token after a full tale is its end.
  const tokens = await collect("Once upon a time", { maxNewTokens: 400 });
  assert.equal(tokens.at(-1)!.id, 1);
  assert.equal(tokens.at(-1)!.text, "");
  const ids = tokens.map((token) => token.id);
  assert.equal(tokens.map((token) => token.text).join(""), tinytales.tokenizer.decode(ids));
});

Deno.test("generate() ends at the end of the context", async () => {
  const prompt = Array.from({ length: 509 }, (_, i) => i);
  const tokens = await collect(prompt, { maxNewTokens: 64, ignoreEos: true });
  assert.equal(tokens.length, 3);
  assert.equal((await collect([...prompt, 1, 2], { ignoreEos: true })).length, 1);
});

Deno.test("generate() samples the same text with the same seed", async () => {
  const options = { temperature: 1.2, topK: 40, topP: 0.95, maxNewTokens: 24, ignoreEos: true };
  const ids = async (seed: number) =>
    (await collect("Once", { ...options, seed })).map((token) => token.id);
  assert.deepEqual(await ids(5), await ids(5));
  assert.notDeepEqual(await ids(5), await ids(6));
});

Deno.test("generate() adds texts up to the whole when tokens are parts of characters", async () => {
  using folder = temporaryFolder();
  const config = { ...SMALL, vocab_size: 256, initializer_range: 0.5 };
  const { path } = await buildModel(config, { outDir: `${folder.path}/bytes`, seed: 3 });
  const model = await loadModel(path);
  for (let seed = 0; seed < 5; seed++) {
    const options = { maxNewTokens: 40, temperature: 2, seed, ignoreEos: true };
    const tokens = await collect("漢字 <b>", options, model);
    const ids = tokens.map((token) => token.id);
    assert.equal(tokens.map((token) => token.text).join(""), model.tokenizer.decode(ids));
    assert.ok(tokens.some((token) => token.text === ""), "some token ends within a character");
  }
});

Deno.test("generate() throws the signal's reason between two tokens", async () => {
  const controller = new AbortController();
  const seen: number[] = [];
  await assert.rejects(async () => {
    for await (const token of generate(tinytales, "Once", { signal: controller.signal })) {
      seen.push(token.index);
      if (token.index === 2) controller.abort();
    }
  }, { name: "AbortError" });
  assert.deepEqual(seen, [0, 1, 2]);
  await assert.rejects(
    collect("Once", { signal: AbortSignal.abort("enough") }),
    (error) => error === "enough",
  );
});

Deno.test("generate() uses a given session from its start and leaves it open", async () => {
  await using session = await openSession(tinytales, { threads: 1 });
  const first = await collect("Once upon a time", { session, maxNewTokens: 6 });
  const second = await collect("Once upon a time", { session, maxNewTokens: 6 });
  assert.deepEqual(second.map((token) => token.id), first.map((token) => token.id));
  assert.equal(session.pastLength, 5 + 5);
  for await (const _ of generate(tinytales, "Once", { session })) break;
  assert.equal((await session.run([0])).length, 1024);
});

Deno.test("generate() releases the session that it opened when the loop is left early", async () => {
  const tokens = generate(tinytales, "Once", { maxNewTokens: 50 });
  await tokens.next();
  await tokens.return();
  assert.deepEqual(await tokens.next(), { done: true, value: undefined });
});

const REFUSED: [string, string | number[], GenerateOptions, RegExp][] = [
  ["no tokens to generate", "Once", { maxNewTokens: 0 }, /Cannot generate 0 tokens/],
  ["a negative count", "Once", { maxNewTokens: -1 }, /Cannot generate -1 tokens/],
  ["half a token", "Once", { maxNewTokens: 1.5 }, /Cannot generate 1.5 tokens/],
  ["no ids", [], {}, /empty prompt/],
  [
    "an id past the vocabulary",
    [0, 1024],
    {},
    /token 1024: .* has 1024 tokens; use ids from 0 to 1023/,
  ],
  ["a negative id", [-1], {}, /token -1/],
  ["an id that is no number", [NaN], {}, /token NaN/],
  [
    "a prompt that fills the context",
    Array(512).fill(3),
    {},
    /512 tokens: .*holds 512; .*at most 511/,
  ],
  ["chunks of no tokens", "Once", { prefillChunk: 0 }, /chunks of 0 tokens; use a whole number/],
  ["chunks of half a token", "Once", { prefillChunk: 0.5 }, /chunks of 0.5 tokens/],
  ["a bad temperature", "Once", { temperature: -1 }, /temperature -1/],
];

for (const [name, prompt, options, message] of REFUSED) {
  Deno.test(`generate() refuses ${name}`, async () => {
    await assert.rejects(
      collect(prompt, options),
      (error) => error instanceof InputError && message.test(error.message),
    );
  });
}

Deno.test("generate() answers an empty text, whose begin token is its prompt", async () => {
  assert.equal((await collect("", { maxNewTokens: 2, ignoreEos: true })).length, 2);
});

Deno.test("generate() takes ids where a model has no tokenizer, and refuses text", async () => {
  using folder = temporaryFolder();
  const { onnxPath } = await buildModel(SMALL, { outDir: `${folder.path}/m` });
  const model = await loadModel(onnxPath);
  const tokens = await collect([3, 4], { maxNewTokens: 3, ignoreEos: true }, model);
  assert.deepEqual(tokens.map((token) => token.text), ["", "", ""]);
  await assert.rejects(collect("text", {}, model), /no tokenizer.json/);
});
