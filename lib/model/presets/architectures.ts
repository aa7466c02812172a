/**
 * The shapes of published models, from their `config.json` on the Hugging Face hub, with the
 * parameters that their pages state. A test counts them again.
 *
 * @module
 */
import type { Preset } from "./presets.ts";

type Fields = Preset["config"];

/** The sizes that all decoders have but GPT-2. */
function sizes(
  vocab_size: number,
  hidden_size: number,
  intermediate_size: number,
  num_hidden_layers: number,
  [num_attention_heads, num_key_value_heads]: readonly [number, number],
): Fields {
  return {
    vocab_size,
    hidden_size,
    intermediate_size,
    num_hidden_layers,
    num_attention_heads,
    num_key_value_heads,
  };
}

function preset(
  name: string,
  id: string,
  parameters: number,
  model_type: string,
  ...fields: Fields[]
): Preset {
  // Random weights have their own tokens: none of them ends a text, so an answer is as long as asked.
  const config = { model_type, bos_token_id: null, eos_token_id: null };
  return { name, id, parameters, config: Object.assign(config, ...fields) };
}

const TIED = { tie_word_embeddings: true };
const LLAMA_3 = { rms_norm_eps: 1e-5, rope_theta: 500_000, max_position_embeddings: 131_072 };
const QWEN = { rms_norm_eps: 1e-6, rope_theta: 1_000_000 };
const EPSILON = { rms_norm_eps: 1e-5 };

function longerBy(factor: number): Fields {
  const original = { original_max_position_embeddings: 8192 };
  const scaling = { factor, low_freq_factor: 1, high_freq_factor: 4, ...original };
  return { rope_scaling: { rope_type: "llama3", ...scaling } };
}

/** All of them. */
export const ARCHITECTURES: readonly Preset[] = [
  preset("gpt2", "openai-community/gpt2", 124_439_808, "gpt2", {
    vocab_size: 50_257,
    n_embd: 768,
    n_layer: 12,
    n_head: 12,
    n_positions: 1024,
  }),
  preset("gpt2-xl", "openai-community/gpt2-xl", 1_557_611_200, "gpt2", {
    vocab_size: 50_257,
    n_embd: 1600,
    n_layer: 48,
    n_head: 25,
    n_positions: 1024,
  }),
  preset(
    "smollm2-135m",
    "HuggingFaceTB/SmolLM2-135M",
    134_515_008,
    "llama",
    sizes(49_152, 576, 1536, 30, [9, 3]),
    { ...EPSILON, ...TIED, rope_theta: 100_000, max_position_embeddings: 8192 },
  ),
  preset(
    "smollm2-1.7b",
    "HuggingFaceTB/SmolLM2-1.7B",
    1_711_376_384,
    "llama",
    sizes(49_152, 2048, 8192, 24, [32, 32]),
    { ...EPSILON, ...TIED, rope_theta: 130_000, max_position_embeddings: 8192 },
  ),
  preset(
    "tinyllama-1.1b",
    "TinyLlama/TinyLlama-1.1B-Chat-v1.0",
    1_100_048_384,
    "llama",
    sizes(32_000, 2048, 5632, 22, [32, 4]),
    { ...EPSILON, max_position_embeddings: 2048 },
  ),
  preset(
    "llama-3.2-1b",
    "meta-llama/Llama-3.2-1B",
    1_235_814_400,
    "llama",
    sizes(128_256, 2048, 8192, 16, [32, 8]),
    { ...LLAMA_3, ...TIED, ...longerBy(32), head_dim: 64 },
  ),
  preset(
    "llama-3.2-3b",
    "meta-llama/Llama-3.2-3B",
    3_212_749_824,
    "llama",
    sizes(128_256, 3072, 8192, 28, [24, 8]),
    { ...LLAMA_3, ...TIED, ...longerBy(32), head_dim: 128 },
  ),
  preset(
    "llama-3.1-8b",
    "meta-llama/Llama-3.1-8B",
    8_030_261_248,
    "llama",
    sizes(128_256, 4096, 14_336, 32, [32, 8]),
    { ...LLAMA_3, ...longerBy(8) },
  ),
  preset(
    "mistral-7b",
    "mistralai/Mistral-7B-v0.1",
    7_241_732_096,
    "mistral",
    sizes(32_000, 4096, 14_336, 32, [32, 8]),
    { ...EPSILON, sliding_window: 4096, max_position_embeddings: 32_768 },
  ),
  preset(
    "mixtral-8x7b",
    "mistralai/Mixtral-8x7B-v0.1",
    46_702_792_704,
    "mixtral",
    sizes(32_000, 4096, 14_336, 32, [32, 8]),
    { ...EPSILON, rope_theta: 1_000_000, max_position_embeddings: 32_768 },
    { num_local_experts: 8, num_experts_per_tok: 2, sliding_window: null },
  ),
  preset(
    "qwen2.5-0.5b",
    "Qwen/Qwen2.5-0.5B",
    494_032_768,
    "qwen2",
    sizes(151_936, 896, 4864, 24, [14, 2]),
    { ...QWEN, ...TIED, max_position_embeddings: 32_768 },
  ),
  preset(
    "qwen2.5-1.5b",
    "Qwen/Qwen2.5-1.5B",
    1_543_714_304,
    "qwen2",
    sizes(151_936, 1536, 8960, 28, [12, 2]),
    { ...QWEN, ...TIED, max_position_embeddings: 131_072 },
  ),
  preset(
    "qwen2.5-7b",
    "Qwen/Qwen2.5-7B",
    7_615_616_512,
    "qwen2",
    sizes(152_064, 3584, 18_944, 28, [28, 4]),
    { ...QWEN, max_position_embeddings: 131_072 },
  ),
  preset(
    "qwen3-0.6b",
    "Qwen/Qwen3-0.6B",
    596_049_920,
    "qwen3",
    sizes(151_936, 1024, 3072, 28, [16, 8]),
    { ...QWEN, ...TIED, head_dim: 128, max_position_embeddings: 40_960 },
  ),
  preset(
    "qwen3-8b",
    "Qwen/Qwen3-8B",
    8_190_735_360,
    "qwen3",
    sizes(151_936, 4096, 12_288, 36, [32, 8]),
    { ...QWEN, head_dim: 128, max_position_embeddings: 40_960 },
  ),
  preset(
    "phi-2",
    "microsoft/phi-2",
    2_779_683_840,
    "phi",
    sizes(51_200, 2560, 10_240, 32, [32, 32]),
    { partial_rotary_factor: 0.4, layer_norm_eps: 1e-5, max_position_embeddings: 2048 },
  ),
  preset(
    "phi-3-mini",
    "microsoft/Phi-3-mini-4k-instruct",
    3_821_079_552,
    "phi3",
    sizes(32_064, 3072, 8192, 32, [32, 32]),
    { ...EPSILON, sliding_window: 2047, max_position_embeddings: 4096 },
  ),
  preset(
    "gemma-2b",
    "google/gemma-2b",
    2_506_172_416,
    "gemma",
    sizes(256_000, 2048, 16_384, 18, [8, 1]),
    { ...TIED, head_dim: 256, max_position_embeddings: 8192 },
  ),
  preset(
    "gemma-2-2b",
    "google/gemma-2-2b",
    2_614_341_888,
    "gemma2",
    sizes(256_000, 2304, 9216, 26, [8, 4]),
    { ...TIED, head_dim: 256, sliding_window: 4096, max_position_embeddings: 8192 },
  ),
];
