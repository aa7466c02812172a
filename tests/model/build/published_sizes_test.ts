import assert from "node:assert/strict";
import { decoderGraph } from "../../../lib/model/build/decoder_graph.ts";
import { decoderShape } from "../../../lib/model/build/families.ts";
import type { DecoderConfig } from "../../../lib/model/mod.ts";

function decoder(
  model_type: string,
  vocab_size: number,
  hidden_size: number,
  intermediate_size: number,
  num_hidden_layers: number,
  [num_attention_heads, num_key_value_heads]: [number, number],
  more: DecoderConfig = {},
): DecoderConfig {
  return {
    model_type,
    vocab_size,
    hidden_size,
    intermediate_size,
    num_hidden_layers,
    num_attention_heads,
    num_key_value_heads,
    ...more,
  };
}

const tied = { tie_word_embeddings: true };

// Parameters as the models' pages on the hub state them (safetensors, a tied head counted once).
const PUBLISHED: Record<string, [DecoderConfig, number]> = {
  "GPT-2": [{ model_type: "gpt2" }, 124_439_808],
  "TinyLlama 1.1B": [decoder("llama", 32000, 2048, 5632, 22, [32, 4]), 1_100_048_384],
  "Llama 3.2 1B": [decoder("llama", 128256, 2048, 8192, 16, [32, 8], tied), 1_235_814_400],
  "Mistral 7B": [decoder("mistral", 32000, 4096, 14336, 32, [32, 8]), 7_241_732_096],
  "Qwen2.5 0.5B": [decoder("qwen2", 151936, 896, 4864, 24, [14, 2], tied), 494_032_768],
  "Qwen3 0.6B": [
    decoder("qwen3", 151936, 1024, 3072, 28, [16, 8], { head_dim: 128, ...tied }),
    596_049_920,
  ],
  "Phi-2": [decoder("phi", 51200, 2560, 10240, 32, [32, 32]), 2_779_683_840],
  "Phi-3 mini": [decoder("phi3", 32064, 3072, 8192, 32, [32, 32]), 3_821_079_552],
  "Gemma 2B": [decoder("gemma", 256000, 2048, 16384, 18, [8, 1]), 2_506_172_416],
  "Gemma 2 2B": [decoder("gemma2", 256000, 2304, 9216, 26, [8, 4]), 2_614_341_888],
  "Mixtral 8x7B": [decoder("mixtral", 32000, 4096, 14336, 32, [32, 8]), 46_702_792_704],
};

for (const [name, [config, published]] of Object.entries(PUBLISHED)) {
  Deno.test(`decoderGraph() has as many parameters as are published: ${name}`, () => {
    const { weights } = decoderGraph(decoderShape(config), 1);
    const parameters = weights.reduce(
      (sum, { dims }) => sum + dims.reduce((product, dim) => product * dim, 1),
      0,
    );
    assert.equal(parameters, published);
  });
}

Deno.test("decoderShape() gives Qwen no window that it does not use", () => {
  const config = decoder("qwen2", 40, 24, 20, 3, [4, 2], { sliding_window: 4 });
  const windows = (more: DecoderConfig) => decoderShape({ ...config, ...more }).attention.windows;
  assert.deepEqual(windows({}), [null, null, null]);
  assert.deepEqual(windows({ use_sliding_window: true }), [null, null, null], "from layer 28 on");
  assert.deepEqual(windows({ use_sliding_window: true, max_window_layers: 1 }), [null, 4, 4]);
  assert.deepEqual(windows({ use_sliding_window: true, max_window_layers: 0 }), [4, 4, 4]);
});

Deno.test("decoderShape() lets Gemma 2 look back 4,096 tokens in every other layer", () => {
  const config = decoder("gemma2", 40, 24, 20, 3, [4, 2]);
  assert.deepEqual(decoderShape(config).attention.windows, [4096, null, 4096]);
  assert.equal(decoderShape(config).attention.softCap, 50);
});

Deno.test("decoderShape() lets a Llama look back without end, whatever stands in its config", () => {
  const config = decoder("llama", 40, 24, 20, 2, [4, 2], { sliding_window: 4 });
  assert.deepEqual(decoderShape(config).attention.windows, [null, null]);
});
