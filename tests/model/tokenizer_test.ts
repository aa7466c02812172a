import assert from "node:assert/strict";
import { loadModel } from "../../lib/model/mod.ts";
import { loadTokenizer } from "../../lib/model/tokenizer.ts";
import { InputError } from "../../lib/errors.ts";
import { temporaryFolder } from "./checkpoints.ts";
import {
  byteLevelTokenizer,
  gemmaTokenizer,
  llamaTokenizer,
  metaspaceTokenizer,
  type TokenizerFiles,
  unigramTokenizer,
  wordPieceTokenizer,
} from "./tokenizers.ts";

const TINYTALES = `${import.meta.dirname}/../../models/tinytales`;
const golden: { prompt: string; input_ids: number[]; generated_ids: number[]; text: string }[] =
  JSON
    .parse(await Deno.readTextFile(`${TINYTALES}/golden.json`));

Deno.test("Tokenizer gives the golden ids and texts", async () => {
  const { tokenizer } = await loadModel("models/tinytales");
  for (const { prompt, input_ids, generated_ids, text } of golden) {
    assert.deepEqual(tokenizer.encode(prompt), input_ids);
    assert.equal(tokenizer.decode(generated_ids), text);
  }
});

Deno.test("Tokenizer.decode() leaves out special and unknown ids", async () => {
  const { tokenizer } = await loadModel("models/tinytales");
  assert.deepEqual([...tokenizer.specialIds].sort(), [0, 1]);
  assert.equal(tokenizer.decode([]), "");
  assert.equal(tokenizer.decode([0, 625, 99_999, 624, 1]), "Once upon");
});

Deno.test("Tokenizer takes any text and gives it back", async () => {
  const { tokenizer } = await loadModel("models/tinytales");
  for (
    const text of ["", " ", "\u0000\u001b[31m", "<script>alert(1)</script>", "漢字 👩‍👩‍👧 e\u0301"]
  ) {
    assert.equal(tokenizer.decode(tokenizer.encode(text)), text);
  }
});

async function withConfig(change: Record<string, unknown>): Promise<number[]> {
  using folder = temporaryFolder();
  const definition = JSON.parse(await Deno.readTextFile(`${TINYTALES}/tokenizer.json`));
  if ("post_processor" in change) definition.post_processor = change.post_processor;
  await Deno.writeTextFile(`${folder.path}/tokenizer.json`, JSON.stringify(definition));
  await Deno.writeTextFile(
    `${folder.path}/tokenizer_config.json`,
    JSON.stringify({ bos_token: { content: "<s>" }, ...change }),
  );
  return (await loadTokenizer(folder.path)).tokenizer.encode("Once");
}

Deno.test("loadTokenizer() adds the begin token as tokenizer_config.json says", async () => {
  assert.deepEqual(await withConfig({}), [0, 625]);
  assert.deepEqual(await withConfig({ add_bos_token: false }), [625]);
  assert.deepEqual(await withConfig({ add_bos_token: true }), [0, 625]);
  assert.deepEqual(await withConfig({ post_processor: null }), [625]);
  assert.deepEqual(await withConfig({ post_processor: null, add_bos_token: true }), [0, 625]);
});

async function load({ tokenizer, config }: TokenizerFiles) {
  using folder = temporaryFolder();
  await Deno.writeTextFile(`${folder.path}/tokenizer.json`, JSON.stringify(tokenizer));
  await Deno.writeTextFile(`${folder.path}/tokenizer_config.json`, JSON.stringify(config));
  return (await loadTokenizer(folder.path)).tokenizer;
}

// Ids and texts by Hugging Face's own library (tokenizers 0.23.3, Python) for the same tokenizer.json.
const ORACLE: [kind: () => TokenizerFiles, text: string, ids: number[], decoded: string][] = [
  [byteLevelTokenizer, "low lower", [257, 258, 259], "low lower"],
  [byteLevelTokenizer, "low  low", [257, 32, 258], "low  low"],
  [byteLevelTokenizer, "👩 w", [240, 159, 145, 169, 260], "👩 w"],
  [
    byteLevelTokenizer,
    "low <|im_start|>low\nw<tool_call> low",
    [257, 32, 262, 257, 10, 119, 264, 258],
    "low low\nw<tool_call> low",
  ],
  [llamaTokenizer, "low lower", [1, 267, 270], "low lower"],
  [llamaTokenizer, " low", [1, 259, 267], " low"],
  [llamaTokenizer, "wé", [1, 269, 198, 172], "wé"],
  [llamaTokenizer, "low</s>low", [1, 267, 2, 267], "low low"],
  [llamaTokenizer, "\n low\n", [1, 259, 13, 267, 13], "\n low\n"],
  [llamaTokenizer, "", [1], ""],
  [gemmaTokenizer, "low lower", [1, 266, 270], "low lower"],
  [gemmaTokenizer, "low</s>low", [1, 266, 2, 266], "lowlow"],
  [gemmaTokenizer, "👩 w", [1, 243, 162, 148, 172, 269], "👩 w"],
  [metaspaceTokenizer, " low", [1, 267], "low"],
  [metaspaceTokenizer, "low</s>low", [1, 267, 2, 266], "lowlow"],
  [unigramTokenizer, "low lower", [3, 3, 6, 1], "low lower"],
  [unigramTokenizer, "wé", [12, 2, 1], "w"],
  [unigramTokenizer, "ﬁ low", [7, 2, 3, 1], " low"],
  [wordPieceTokenizer, "low, LOWER!", [2, 4, 9, 4, 5, 10, 3], "low, lower!"],
  [wordPieceTokenizer, "wé", [2, 1, 3], ""],
];
for (const [kind, text, ids, decoded] of ORACLE) {
  Deno.test(`Tokenizer reads ${JSON.stringify(text)} as the original does (${kind.name})`, async () => {
    const tokenizer = await load(kind());
    assert.deepEqual(tokenizer.encode(text), ids);
    assert.equal(tokenizer.decode(ids), decoded);
  });
}

Deno.test("Tokenizer.encode() can leave special tokens out", async () => {
  const llama = await load(llamaTokenizer());
  assert.deepEqual(llama.encode("low", { addSpecialTokens: false }), [267]);
  assert.deepEqual(llama.encode("<s>low", { addSpecialTokens: false }), [1, 267]);
  const { tokenizer, config } = llamaTokenizer();
  const plain = await load({ tokenizer: { ...tokenizer, post_processor: null }, config });
  assert.deepEqual(plain.encode("low"), [1, 267], "tokenizer_config.json alone asks for it");
  assert.deepEqual(plain.encode("low", { addSpecialTokens: false }), [267]);
});

Deno.test("Tokenizer takes merges that are written as pairs", async () => {
  const { tokenizer, config } = llamaTokenizer();
  const model = tokenizer.model as { merges: string[] };
  const merges = model.merges.map((merge) => merge.split(" "));
  const pairs = await load({ tokenizer: { ...tokenizer, model: { ...model, merges } }, config });
  assert.deepEqual(pairs.encode("low lower"), [1, 267, 270]);
});

/** GPT-2's older files for the same vocabulary as byteLevelTokenizer(). */
async function inOlderFiles(config: Record<string, unknown>, added: Record<string, number>) {
  using folder = temporaryFolder();
  const { model } = byteLevelTokenizer().tokenizer as {
    model: { vocab: Record<string, number>; merges: string[] };
  };
  const write = (name: string, text: string) => Deno.writeTextFile(`${folder.path}/${name}`, text);
  await write("vocab.json", JSON.stringify(model.vocab));
  await write("merges.txt", ["#version: 0.2", ...model.merges, ""].join("\n"));
  await write("tokenizer_config.json", JSON.stringify(config));
  await write("added_tokens.json", JSON.stringify(added));
  return await loadTokenizer(folder.path);
}

Deno.test("loadTokenizer() reads vocab.json and merges.txt of older models", async () => {
  const { tokenizer, vocabSize } = await inOlderFiles({ tokenizer_class: "GPT2Tokenizer" }, {
    "<|endoftext|>": 261,
  });
  assert.equal(vocabSize, 262);
  const modern = await load(byteLevelTokenizer());
  for (const text of ["low lower", "low  low", "👩 w", "low, LOWER!", "low<|endoftext|>low", ""]) {
    assert.deepEqual(tokenizer.encode(text), modern.encode(text), text);
    assert.equal(tokenizer.decode(tokenizer.encode(text)), modern.decode(modern.encode(text)));
  }
  assert.deepEqual([...tokenizer.specialIds], [261]);
});

Deno.test("loadTokenizer() splits digits one by one where Qwen's vocab.json does", async () => {
  const qwen = await inOlderFiles({ tokenizer_class: "Qwen2Tokenizer" }, {});
  const modern = await load(byteLevelTokenizer());
  assert.deepEqual(qwen.tokenizer.encode("low12\n\n w"), modern.encode("low12\n\n w"));
});

Deno.test("loadTokenizer() refuses what it cannot read, and says what would do", async () => {
  using folder = temporaryFolder();
  const refused = (message: RegExp) =>
    assert.rejects(loadTokenizer(folder.path), (error) => {
      assert.ok(error instanceof InputError, String(error));
      assert.match(error.message, message);
      assert.ok(!error.message.includes("\n"), "one line");
      return true;
    });
  const write = (name: string, text: string) => Deno.writeTextFile(`${folder.path}/${name}`, text);
  await refused(/has no tokenizer.json; copy/);
  await write("tokenizer.model", "\x0a");
  await refused(/has tokenizer.model but no tokenizer.json; convert it .*AutoTokenizer/);
  await write("vocab.json", '{"a": 0}');
  await write("merges.txt", "");
  await refused(/has 1 of 256 bytes/);
  for (
    const broken of [
      "{}",
      '{"model": {"type": "BPE", "vocab": 3, "merges": 4}}',
      '{"model": {"type": "Unigram", "vocab": [[1]]}}',
      '{"model": null}',
      '{"model": {"type": "BPE", "vocab": {}, "merges": []}, "pre_tokenizer": {"type": "Split", "pattern": {"Regex": "("}, "behavior": "Isolated"}}',
    ]
  ) {
    await write("tokenizer.json", broken);
    await refused(/Cannot use the tokenizer/);
  }
});
