import assert from "node:assert/strict";
import { bytesPerToken, flopsPerToken, loadModel } from "../../lib/model/mod.ts";
import { architectureOf } from "../../lib/model/architecture.ts";
import { featuresOf } from "../../lib/model/features.ts";
import { readOnnx } from "../../lib/model/onnx_reader.ts";
import { RECIPES } from "../fixtures/decoder_recipes.ts";
import { exportDecoder, SIZES } from "../fixtures/exporter_graphs.ts";
import { temporaryFolder } from "./checkpoints.ts";
import { sharedTest } from "./shared_data.ts";
import { featuresBeside, gpt2Structure, llamaStructure, Structure } from "./structures.ts";

// Sizes are those of the published config.json; totals agree with the models' cards.

Deno.test("featuresOf() counts Llama-3.2-1B", () => {
  const sizes = {
    hidden: 2048,
    inner: 8192,
    layers: 16,
    heads: 32,
    kvHeads: 8,
    headDim: 64,
    vocab: 128_256,
    tied: true,
  };
  const config = {
    model_type: "llama",
    hidden_size: 2048,
    intermediate_size: 8192,
    num_hidden_layers: 16,
    num_attention_heads: 32,
    num_key_value_heads: 8,
    head_dim: 64,
    vocab_size: 128_256,
    tie_word_embeddings: true,
  };
  const features = featuresBeside(llamaStructure(sizes, 10), config);
  const embedding = 128_256 * 2048; // 262,668,288, the head too
  const attention = 16 * (2048 * 2048 + 2 * 2048 * 512 + 2048 * 2048); // 167,772,160
  const mlp = 16 * 3 * 2048 * 8192; // 805,306,368
  const norms = 33 * 2048;
  assert.equal(features.parameters, 1_235_814_400);
  assert.equal(embedding + attention + mlp + norms, 1_235_814_400);
  assert.deepEqual(features.parametersByPart, {
    embedding,
    attention,
    mlp,
    norms,
    experts: 0,
    lm_head: 0,
    other: 0,
  });
  assert.equal(features.activeParameters, 1_235_814_400);
  assert.equal(features.precision, "fp16");
  // 16 layers × (key + value) × 8 heads × 64 × 2 bytes
  assert.equal(features.kvBytesPerToken, 32_768);
  const matrices = embedding + attention + mlp; // 1,235,746,816
  assert.equal(flopsPerToken(features, 0), 2 * matrices);
  // 16 layers × 32 heads × 64, a score and a value, 2 FLOPs each: 131,072 a token of context.
  assert.equal(flopsPerToken(features, 1000), 2 * matrices + 131_072_000);
  assert.equal(bytesPerToken(features, 1000), 2 * 1_235_814_400 + 32_768_000);
});

Deno.test("featuresOf() counts Mistral-7B-v0.1, whose window ends the growth at 4,096 tokens", () => {
  const sizes = {
    hidden: 4096,
    inner: 14_336,
    layers: 32,
    heads: 32,
    kvHeads: 8,
    headDim: 128,
    vocab: 32_000,
  };
  const config = { model_type: "mistral", num_hidden_layers: 32, sliding_window: 4096 };
  const features = featuresBeside(llamaStructure(sizes), config);
  const table = 32_000 * 4096; // 131,072,000, twice
  const attention = 32 * (2 * 4096 * 4096 + 2 * 4096 * 1024); // 1,342,177,280
  const mlp = 32 * 3 * 4096 * 14_336; // 5,637,144,576
  assert.equal(features.parameters, 7_241_732_096);
  assert.equal(2 * table + attention + mlp + 65 * 4096, 7_241_732_096);
  assert.equal(features.parametersByPart.lm_head, table);
  // Everything else comes from the graph's shapes.
  const { hiddenSize, intermediateSize, numHeads, numKvHeads, headDim, vocabSize } = features;
  assert.deepEqual(
    { hiddenSize, intermediateSize, numHeads, numKvHeads, headDim, vocabSize },
    {
      hiddenSize: 4096,
      intermediateSize: 14_336,
      numHeads: 32,
      numKvHeads: 8,
      headDim: 128,
      vocabSize: 32_000,
    },
  );
  const base = 2 * (table + attention + mlp); // 14,220,787,712
  const perToken = 32 * 4 * 32 * 128; // 524,288
  assert.equal(flopsPerToken(features, 4096), base + 4096 * perToken);
  assert.equal(flopsPerToken(features, 32_768), base + 4096 * perToken);
  // One row of the embedding instead of the table; 32 × 2 × 8 × 128 × 4 bytes of cache.
  assert.equal(
    bytesPerToken(features, 100),
    4 * (7_241_732_096 - table + 4096) + 100 * 262_144,
  );
});

Deno.test("featuresOf() counts Qwen2.5-0.5B, with biases on q, k and v", () => {
  const sizes = {
    hidden: 896,
    inner: 4864,
    layers: 24,
    heads: 14,
    kvHeads: 2,
    headDim: 64,
    vocab: 151_936,
    tied: true,
    qkvBias: true,
  };
  const features = featuresBeside(llamaStructure(sizes), {
    model_type: "qwen2",
    num_hidden_layers: 24,
    sliding_window: 32_768,
    use_sliding_window: false,
    max_window_layers: 21,
    tie_word_embeddings: true,
  });
  const embedding = 151_936 * 896; // 136,134,656
  const attention = 24 * (2 * 896 * 896 + 2 * 896 * 128 + 896 + 128 + 128); // 44,067,840
  const mlp = 24 * 3 * 896 * 4864; // 313,786,368
  assert.equal(features.parameters, 494_032_768);
  assert.equal(embedding + attention + mlp + 49 * 896, 494_032_768);
  assert.equal(features.parametersByPart.attention, attention);
  assert.equal(features.slidingWindow, null);
  assert.equal(features.kvBytesPerToken, 24 * 2 * 2 * 64 * 4);
});

Deno.test("featuresOf() counts GPT-2, its positions, and its head once though it lies there twice", () => {
  const features = featuresBeside(gpt2Structure(768, 12, 12), {
    model_type: "gpt2",
    n_embd: 768,
    n_layer: 12,
    n_head: 12,
    n_inner: null,
    n_positions: 1024,
    vocab_size: 50_257,
  });
  const attention = 12 * (768 * 2304 + 2304 + 768 * 768 + 768); // 28,348,416
  const mlp = 12 * (768 * 3072 + 3072 + 3072 * 768 + 768); // 56,669,184
  assert.equal(features.parameters, 124_439_808);
  assert.equal((50_257 + 1024) * 768 + attention + mlp + 25 * 2 * 768, 124_439_808);
  assert.equal(features.parametersByPart.attention, attention);
  assert.equal(features.parametersByPart.lm_head, 0);
  assert.equal(features.intermediateSize, 3072);
  // Both copies are on disk; a token reads the head whole and two rows of the tables.
  assert.equal(features.weightBytes, 4 * (124_439_808 + 50_257 * 768));
  assert.equal(bytesPerToken(features, 0), 4 * (124_439_808 - 1024 * 768 + 768 + 768));
  assert.equal(
    flopsPerToken(features, 10),
    2 * (50_257 * 768 + 12 * (4 * 768 * 768 + 8 * 768 * 768)) + 10 * 12 * 4 * 768,
  );
});

Deno.test("featuresOf() counts Phi-3-mini with its fused matrices", () => {
  const sizes = {
    hidden: 3072,
    inner: 8192,
    layers: 32,
    heads: 32,
    kvHeads: 32,
    headDim: 96,
    vocab: 32_064,
    fused: true,
  };
  const features = featuresBeside(llamaStructure(sizes), {
    model_type: "phi3",
    num_hidden_layers: 32,
    sliding_window: 2047,
    tie_word_embeddings: false,
  });
  const attention = 32 * (3072 * 9216 + 3072 * 3072); // 1,207,959,552
  const mlp = 32 * 3 * 3072 * 8192; // 2,415,919,104
  assert.equal(features.parameters, 3_821_079_552);
  assert.equal(2 * 32_064 * 3072 + attention + mlp + 65 * 3072, 3_821_079_552);
  assert.equal(features.numHeads, 32);
  assert.equal(features.intermediateSize, 8192);
  assert.equal(features.slidingWindow, 2047);
});

Deno.test("featuresOf() counts Mixtral-8x7B, two of eight experts for each token", () => {
  const sizes = {
    hidden: 4096,
    inner: 14_336,
    layers: 32,
    heads: 32,
    kvHeads: 8,
    headDim: 128,
    vocab: 32_000,
    experts: 8,
  };
  const features = featuresBeside(llamaStructure(sizes), {
    model_type: "mixtral",
    num_hidden_layers: 32,
    num_local_experts: 8,
    num_experts_per_tok: 2,
    tie_word_embeddings: false,
  });
  const attention = 32 * (2 * 4096 * 4096 + 2 * 4096 * 1024); // 1,342,177,280
  const experts = 32 * 8 * 3 * 4096 * 14_336; // 45,097,156,608
  const router = 32 * 4096 * 8; // 1,048,576
  const head = 32_000 * 4096;
  assert.equal(features.parameters, 46_702_792_704);
  assert.equal(features.parametersByPart.experts, experts);
  assert.equal(features.activeParameters, 46_702_792_704 - 0.75 * experts); // 12,879,925,248
  assert.equal(features.activeParameters, 12_879_925_248);
  assert.equal(features.numExperts, 8);
  assert.equal(features.intermediateSize, 14_336);
  assert.equal(flopsPerToken(features, 0), 2 * (attention + experts / 4 + router + head));
  assert.equal(bytesPerToken(features, 0), 4 * (12_879_925_248 - head + 4096));
});

Deno.test("featuresOf() does not guess how many experts a token takes", () => {
  const sizes = {
    hidden: 64,
    inner: 96,
    layers: 2,
    heads: 4,
    kvHeads: 2,
    headDim: 16,
    vocab: 100,
    experts: 4,
  };
  const features = featuresBeside(llamaStructure(sizes), null);
  assert.equal(features.numExperts, 4);
  assert.equal(features.expertsPerToken, null);
  assert.equal(features.activeParameters, null);
  assert.equal(flopsPerToken(features, 10), null);
});

Deno.test("featuresOf() unpacks weights of 4 bits and counts scales as bytes only", () => {
  const sizes = {
    hidden: 64,
    inner: 128,
    layers: 2,
    heads: 4,
    kvHeads: 2,
    headDim: 16,
    vocab: 1000,
    blockSize: 32,
  };
  const packed = featuresBeside(llamaStructure(sizes), null);
  const { blockSize: _, ...plain } = sizes;
  const whole = featuresBeside(llamaStructure(plain), null);
  assert.equal(packed.precision, "int4");
  assert.equal(packed.blockSize, 32);
  assert.deepEqual(packed.parametersByPart, whole.parametersByPart);
  assert.deepEqual(packed.flopsPerToken, whole.flopsPerToken);
  // Half a byte a number, and for 32 of them a scale of 4 bytes and half a byte of zero point.
  const inLayers = packed.parametersByPart.attention + packed.parametersByPart.mlp;
  const saved = whole.weightBytes - packed.weightBytes;
  assert.equal(saved, inLayers * 4 - inLayers / 2 - inLayers / 32 * 4.5);
});

Deno.test("featuresOf() gives Gemma's window to the layers that have it", () => {
  const sizes = { hidden: 64, inner: 96, layers: 12, heads: 4, kvHeads: 2, headDim: 16, vocab: 99 };
  const windowed = (config: Record<string, unknown>) => {
    const features = featuresBeside(llamaStructure(sizes), {
      num_hidden_layers: 12,
      sliding_window: 8,
      ...config,
    });
    const grown = flopsPerToken(features, 101)! - flopsPerToken(features, 100)!;
    return { layers: 12 - grown / (4 * 4 * 16), window: features.slidingWindow };
  };
  assert.deepEqual(windowed({ model_type: "gemma2" }), { layers: 6, window: 8 });
  assert.deepEqual(windowed({ model_type: "gemma3_text" }), { layers: 10, window: 8 });
  const types = ["sliding_attention", "full_attention", "full_attention"];
  assert.deepEqual(windowed({ layer_types: types }), { layers: 1, window: 8 });
  assert.deepEqual(windowed({ layer_types: types.slice(1) }), { layers: 0, window: null });
  assert.deepEqual(
    windowed({ use_sliding_window: true, max_window_layers: 9 }),
    { layers: 3, window: 8 },
  );
});

// 512 × 64 embedding and head, two layers: hand-counted from config.json.
const EXPORTS: [folder: string, parameters: number, kvBytes: number][] = [
  ["optimum-llama", 2 * 32_768 + 2 * (12_288 + 24_576) + 5 * 64, 512],
  ["optimum-qwen2", 2 * 32_768 + 2 * (12_288 + 128 + 24_576) + 5 * 64, 512],
  ["optimum-phi3", 2 * 32_768 + 2 * (12_288 + 24_576) + 5 * 64, 512],
  ["optimum-mixtral", 2 * 32_768 + 2 * (12_288 + 256 + 98_304) + 5 * 64, 512],
  ["optimum-gpt2", 2 * 32_768 + 2 * (16_640 + 33_088) + 10 * 64, 1024],
  ["optimum-gpt2-merged", 2 * 32_768 + 2 * (16_640 + 33_088) + 10 * 64, 1024],
  ["optimum-gpt_neox", 2 * 32_768 + 2 * (16_640 + 16_576) + 10 * 64, 1024],
  ["optimum-opt", 32_768 + 514 * 64 + 2 * (16_640 + 16_576) + 10 * 64, 1024],
  ["optimum-phi", 2 * 32_768 + 512 + 2 * (16_640 + 16_576) + 6 * 64, 1024],
];
for (const [folder, parameters, kvBytes] of EXPORTS) {
  sharedTest(`featuresOf() counts ${folder} as its checkpoint does`, folder, async (path) => {
    const [name] = [...Deno.readDirSync(path)].map((e) => e.name).filter((n) => /onnx$/.test(n));
    const { features } = await loadModel(`${path}/${name}`);
    assert.equal(features.parameters, parameters);
    assert.equal(features.kvBytesPerToken, kvBytes);
    assert.equal(features.parametersByPart.other, folder === "optimum-mixtral" ? 512 : 0);
  });
}

Deno.test("featuresOf() reads a packed table whole where it is the head too", () => {
  const all = new Structure();
  const table = all.weight("lm_head_Q4", [96, 1, 16], 2);
  const scales = all.weight("lm_head_scales", [96, 1]);
  all.node("/model/embed_tokens/Gather", "GatherBlockQuantized", [table, "input_ids", scales], {
    block_size: 32,
  });
  all.node("/lm_head/MatMul_Q4", "MatMulNBits", ["x", table, scales], {
    K: 32,
    N: 96,
    bits: 4,
    block_size: 32,
  });
  all.cache(0, 1, 8);
  const features = featuresBeside(all, { num_attention_heads: 1, num_hidden_layers: 1 });
  assert.equal(features.parameters, 96 * 32);
  assert.equal(features.parametersByPart.embedding, 96 * 32);
  assert.equal(bytesPerToken(features, 0), 96 * 16 + 96 * 4);
  assert.equal(flopsPerToken(features, 0), 2 * 96 * 32);
});

for (const recipe of RECIPES) {
  Deno.test(`featuresOf() counts ${recipe.family} alike from every exporter, without a config`, () => {
    using folder = temporaryFolder();
    const { heads, kvHeads, feedForward, hasExperts } = recipe;
    const { hidden, head, inner, vocab, layers, experts } = SIZES;
    for (const style of ["torchscript", "dynamo", "mobius", "anonymous"] as const) {
      const path = `${folder.path}/${style}.onnx`;
      Deno.writeFileSync(path, exportDecoder(recipe, style).graph.bytes());
      const model = readOnnx(path);
      const features = featuresOf(model, null, architectureOf(model, null));
      assert.deepEqual(
        {
          numLayers: features.numLayers,
          hiddenSize: features.hiddenSize,
          intermediateSize: features.intermediateSize,
          numHeads: features.numHeads,
          numKvHeads: features.numKvHeads,
          headDim: features.headDim,
          vocabSize: features.vocabSize,
          numExperts: features.numExperts,
        },
        {
          numLayers: layers,
          hiddenSize: hidden,
          intermediateSize: inner,
          numHeads: heads,
          numKvHeads: kvHeads,
          headDim: head,
          vocabSize: vocab,
          numExperts: hasExperts ? experts : null,
        },
        style,
      );
      const { attention, mlp, experts: expert, norms: _, ...rest } = features.parametersByPart;
      assert.equal(attention, layers * hidden * head * (2 * heads + 2 * kvHeads), style);
      const matrices = feedForward.length === 3 || recipe.isPacked ? 3 : 2;
      const network = layers * matrices * hidden * inner;
      assert.equal(mlp, hasExperts ? 0 : network, style);
      assert.equal(expert, hasExperts ? network * experts : 0, style);
      const router = hasExperts ? layers * hidden * experts : 0;
      assert.deepEqual(
        rest,
        { embedding: vocab * hidden, lm_head: vocab * hidden, other: router },
        style,
      );
    }
  });
}
