import assert from "node:assert/strict";
import { InputError } from "../../lib/errors.ts";
import { readConfig, readGeneration } from "../../lib/model/config.ts";
import { buildModel, loadModel } from "../../lib/model/mod.ts";
import { SMALL, temporaryFolder } from "./checkpoints.ts";
import { byteLevelTokenizer } from "./tokenizers.ts";
import { sharedTest } from "./shared_data.ts";

function read(files: Record<string, unknown>) {
  using folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    Deno.writeTextFileSync(`${folder.path}/${name}.json`, JSON.stringify(content));
  }
  const config = readConfig(folder.path);
  return { config, generation: readGeneration(folder.path, config) };
}

const GENAI = {
  model: {
    type: "llama",
    bos_token_id: 5,
    eos_token_id: [6, 7],
    pad_token_id: 8,
    context_length: 4096,
    vocab_size: 320,
    decoder: {
      filename: "decoder.onnx",
      head_size: 16,
      hidden_size: 64,
      num_attention_heads: 4,
      num_hidden_layers: 2,
      num_key_value_heads: 2,
      sliding_window: { window_size: 128, pad_value: 0, slide_key_value_cache: false },
      inputs: { input_ids: "ids", past_key_names: "past.%d.k", past_value_names: "past.%d.v" },
      outputs: { logits: "scores", present_names: "now.%d" },
    },
  },
};

Deno.test("readConfig() reads genai_config.json with its names", () => {
  const { config, generation } = read({ genai_config: GENAI });
  assert.deepEqual(generation, { bosTokenId: 5, eosTokenIds: [6, 7] });
  const { raw: _, ...rest } = config!;
  assert.deepEqual(rest, {
    family: "llama",
    numLayers: 2,
    hiddenSize: 64,
    intermediateSize: null,
    numHeads: 4,
    numKvHeads: 2,
    headDim: 16,
    vocabSize: 320,
    contextLength: 4096,
    numExperts: null,
    expertsPerToken: null,
    slidingWindow: 128,
    numSlidingLayers: 2,
    tiedHead: false,
    onnxName: "decoder.onnx",
    inputNames: {
      inputIds: "ids",
      attentionMask: null,
      positionIds: null,
      pastKey: "past.%d.k",
      pastValue: "past.%d.v",
      past: null,
      presentKey: null,
      presentValue: null,
      present: "now.%d",
      logits: "scores",
    },
  });
});

Deno.test("readConfig() adds the names of genai_config.json to what config.json says", () => {
  const { config } = read({ genai_config: GENAI, config: { model_type: "qwen2", hidden_size: 8 } });
  assert.equal(config?.family, "qwen2");
  assert.equal(config?.hiddenSize, 8);
  assert.equal(config?.onnxName, "decoder.onnx");
  assert.equal(config?.inputNames?.logits, "scores");
});

Deno.test("readConfig() calls a family of genai_config.json as Hugging Face does", () => {
  const { model } = GENAI as { model: object };
  const { config } = read({ genai_config: { ...GENAI, model: { ...model, type: "gptoss" } } });
  assert.equal(config?.family, "gpt_oss");
});

Deno.test("readConfig() reads each family's own words", () => {
  const of = (config: Record<string, unknown>) => read({ config }).config!;
  const falcon = { model_type: "falcon", multi_query: true, num_kv_heads: 71 };
  assert.equal(of(falcon).numKvHeads, 1);
  assert.equal(of({ ...falcon, new_decoder_architecture: true }).numKvHeads, 71);
  assert.equal(of({ attn_config: { kv_n_heads: 4 }, n_heads: 8 }).numKvHeads, 4);
  assert.equal(of({ num_experts: 60, num_experts_per_tok: 4 }).expertsPerToken, 4);
  assert.equal(of({ num_experts: 0 }).numExperts, null);
  assert.equal(of({ text_config: { hidden_size: 12, vocab_size: 9 } }).hiddenSize, 12);
  assert.equal(of({ model_type: "gpt2" }).tiedHead, true);
  assert.equal(of({ model_type: "gemma3", text_config: {} }).tiedHead, true);
  assert.equal(of({ model_type: "llama" }).tiedHead, false);
  assert.equal(of({ model_type: "gpt2", tie_word_embeddings: false }).tiedHead, false);
});

Deno.test("readConfig() knows where a window is off", () => {
  const of = (config: Record<string, unknown>) => {
    const { slidingWindow, numSlidingLayers } = read({
      config: { num_hidden_layers: 4, ...config },
    }).config!;
    return [slidingWindow, numSlidingLayers];
  };
  assert.deepEqual(of({ sliding_window: 16 }), [16, 4]);
  for (const none of [null, 0, -1]) assert.deepEqual(of({ sliding_window: none }), [null, 0]);
  assert.deepEqual(of({ sliding_window: 16, use_sliding_window: false }), [null, 0]);
});

Deno.test("readGeneration() prefers generation_config.json, and takes several end tokens", () => {
  const own = { generation_config: { eos_token_id: [3, 4] } };
  const { generation } = read({ ...own, config: { bos_token_id: 1, eos_token_id: 2 } });
  assert.deepEqual(generation, { bosTokenId: 1, eosTokenIds: [3, 4] });
  assert.deepEqual(read({ config: { eos_token_id: null } }).generation.eosTokenIds, []);
  const nested = { config: { text_config: { bos_token_id: 2, eos_token_id: 1 } } };
  assert.deepEqual(read(nested).generation, { bosTokenId: 2, eosTokenIds: [1] });
});

const WRONG: [Record<string, unknown>, RegExp][] = [
  [{ hidden_size: "64" }, /"hidden_size" is "64"; it must be a whole number above 0/],
  [{ num_hidden_layers: -2 }, /"num_hidden_layers" is -2/],
  [{ vocab_size: 1.5 }, /"vocab_size" is 1.5/],
  [{ num_attention_heads: [4] }, /"num_attention_heads" is \[4\]/],
  [{ model_type: 3 }, /"model_type" is 3; it must be a text/],
  [{ text_config: "no" }, /"text_config" is "no"; it must be an object/],
  [{ sliding_window: "wide" }, /"sliding_window" is "wide"/],
  [{ vocab_size: 1e300 }, /"vocab_size" is 1e\+300/],
];
for (const [config, message] of WRONG) {
  Deno.test(`readConfig() refuses ${JSON.stringify(config)}`, () => {
    assert.throws(() => read({ config }), (error) => {
      assert.ok(error instanceof InputError, String(error));
      assert.match(error.message, message);
      return true;
    });
  });
}

Deno.test("loadModel() opens a folder that has genai_config.json alone", async () => {
  using folder = temporaryFolder();
  const { path } = await buildModel({ ...SMALL, vocab_size: 300 }, { outDir: `${folder.path}/m` });
  await Deno.remove(`${path}/config.json`);
  await Deno.remove(`${path}/generation_config.json`).catch(() => {});
  await Deno.rename(`${path}/model.onnx`, `${path}/decoder.onnx`);
  const { inputs: _, ...decoder } = GENAI.model.decoder;
  const config = { model: { ...GENAI.model, decoder: { ...decoder, inputs: {} } } };
  await Deno.writeTextFile(`${path}/genai_config.json`, JSON.stringify(config));
  const model = await loadModel(path);
  assert.equal(model.onnxPath, `${path}/decoder.onnx`);
  assert.equal(model.contextLength, 4096);
  assert.equal(model.slidingWindow, 128);
  assert.deepEqual(model.generation.eosTokenIds, [6, 7]);
  // What the file leaves out is told from the graph.
  assert.equal(model.features.intermediateSize, 20);
  await Deno.writeTextFile(`${path}/genai_config.json`, JSON.stringify(GENAI));
  await assert.rejects(loadModel(path), /names the input "ids", decoder.onnx has input_ids/);
});

Deno.test("loadModel() takes end tokens from the tokenizer where nothing else tells them", async () => {
  using folder = temporaryFolder();
  const { bos_token_id: _, eos_token_id: __, ...config } = SMALL;
  const { path } = await buildModel({ ...config, vocab_size: 280 }, { outDir: `${folder.path}/m` });
  await Deno.remove(`${path}/generation_config.json`).catch(() => {});
  const { tokenizer, config: about } = byteLevelTokenizer();
  await Deno.writeTextFile(`${path}/tokenizer.json`, JSON.stringify(tokenizer));
  await Deno.writeTextFile(`${path}/tokenizer_config.json`, JSON.stringify(about));
  assert.deepEqual((await loadModel(path)).generation, { bosTokenId: null, eosTokenIds: [263] });
  const own = JSON.stringify({ bos_token_id: 7, eos_token_id: [8] });
  await Deno.writeTextFile(`${path}/generation_config.json`, own);
  assert.deepEqual((await loadModel(path)).generation, { bosTokenId: 7, eosTokenIds: [8] });
});

sharedTest("loadModel() reads the builder's llama", "genai-llama-fp16", async (path) => {
  const model = await loadModel(path);
  assert.equal(model.inputNames?.pastKey, "past_key_values.%d.key");
  assert.equal(model.inputNames?.presentValue, "present.%d.value");
  assert.equal(model.features.precision, "fp16");
  assert.equal(model.features.kvBytesPerToken, 2 * 2 * 16 * 2);
  // Its tokenizer reads text: 32,000 ids, the begin token first.
  const ids = model.tokenizer.encode("The quick brown fox");
  assert.equal(model.tokenizer.decode(ids), "The quick brown fox");
});

sharedTest("loadModel() doubts a tokenizer of another model", "genai-gpt2", async (path) => {
  const model = await loadModel(path);
  assert.equal(model.inputNames?.past, "past_%d");
  assert.match(
    model.warnings.join(),
    /tokenizer has ids up to \d+ where the model has 1000 tokens/,
  );
});
