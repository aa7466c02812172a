/**
 * From a `config.json` to a decoder's shape, family by family. Defaults are those of transformers.
 *
 * @module
 */
import { ConfigFields, type DecoderConfig, quoted, refusal } from "./decoder_config.ts";
import type { DecoderShape } from "./decoder_shape.ts";
import { gpt2Shape } from "./gpt2_shape.ts";
import { type Differences, llamaLike } from "./llama_like.ts";
import { readRotary } from "./rotary_frequencies.ts";
import { readActivation, slidingWindow } from "./shape_fields.ts";

/** Checks a config and fills its defaults in; `InputError` where this builder cannot follow it. */
export function decoderShape(config: DecoderConfig): DecoderShape {
  const family = config.model_type ?? "llama";
  const read = Object.hasOwn(FAMILIES, family) ? FAMILIES[family] : undefined;
  if (read === undefined) {
    const known = quoted(Object.keys(FAMILIES));
    throw refusal("model_type", family, `this builder writes ${known}`);
  }
  const shape = read(new ConfigFields(config));
  const { feedForward } = shape;
  if (feedForward.kind === "experts" && feedForward.experts * shape.numLayers > MOST_EXPERTS) {
    throw refusal(
      "num_local_experts",
      feedForward.experts,
      `${shape.numLayers} layers of them are above ${MOST_EXPERTS} in all`,
    );
  }
  return shape;
}

// Of all layers together; DeepSeek-V3 has 14,848. Their nodes are held in memory.
const MOST_EXPERTS = 32768;

const FAMILIES: Readonly<Record<string, (config: ConfigFields) => DecoderShape>> = {
  llama: (config) => llamaLike(config, { mlpBias: config.flag("mlp_bias", false) }),
  mistral: (config) => llamaLike(config, { window: slidingWindow(config, 4096) }),
  qwen2: (config) =>
    llamaLike(config, { attention: { bias: true, outputBias: false }, ...qwenWindows(config) }),
  qwen3: (config) =>
    llamaLike(config, { attention: { headNorms: true }, headDim: 128, ...qwenWindows(config) }),
  phi3: (config) =>
    llamaLike(config, {
      names: { inner: "gate_up_proj", activation: "activation_fn" },
      attention: { fused: true },
      feedForward: "fused",
      window: slidingWindow(config, null),
      epsilon: 1e-5,
    }),
  gemma: (config) => gemma(config, {}),
  gemma2: (config) =>
    gemma(config, {
      attention: {
        scale: config.positive("query_pre_attn_scalar", 256) ** -0.5,
        softCap: config.positiveOrNull("attn_logit_softcapping", 50),
      },
      arrangement: "sandwich",
      headSoftCap: config.positiveOrNull("final_logit_softcapping", 30),
      window: slidingWindow(config, 4096),
      slides: (layer) => layer % 2 === 0,
    }),
  mixtral: (config) =>
    llamaLike(config, {
      names: { mlp: "block_sparse_moe" },
      feedForward: "experts",
      window: slidingWindow(config, null),
      theta: 1e6,
      epsilon: 1e-5,
    }),
  phi,
  gpt2: gpt2Shape,
};

/** Families that this builder writes, by Hugging Face's `model_type`. */
export const BUILT_FAMILIES: readonly string[] = Object.keys(FAMILIES);

function gemma(config: ConfigFields, differs: Differences): DecoderShape {
  // Gemma's first configs say "gelu" and mean the tanh form (transformers, GemmaConfig).
  const key = config.value("hidden_activation") === null ? "hidden_act" : "hidden_activation";
  const stated = readActivation(config, key, "gelu_pytorch_tanh");
  return llamaLike(config, {
    norm: { plusOne: true },
    activation: stated === "gelu" ? "gelu_tanh" : stated,
    headDim: 256,
    tied: true,
    embeddingScale: Math.sqrt(config.count("hidden_size")),
    ...differs,
  });
}

function phi(config: ConfigFields): DecoderShape {
  if (config.flag("qk_layernorm", false)) {
    throw config.refuse("qk_layernorm", "norms of whole heads are not built; use false");
  }
  const shape = llamaLike(config, {
    names: {
      output: "dense",
      inner: "fc1",
      outer: "fc2",
      activation: "activation_fn",
      finalNorm: "final_layernorm",
    },
    attention: { bias: true, outputBias: true },
    activation: readActivation(config, "hidden_act", "gelu_new"),
    feedForward: "plain",
    mlpBias: true,
    arrangement: "parallel",
    norm: { kind: "layer", epsilon: config.positive("layer_norm_eps", 1e-5) },
  });
  return {
    ...shape,
    rotary: readRotary(config, shape.headDim, { theta: 10000, partial: 0.5 }),
    head: { ...shape.head, bias: true },
  };
}

// Qwen has a window in the file even where it does not use it, and then not in its first layers.
function qwenWindows(config: ConfigFields): Pick<Differences, "window" | "slides"> {
  if (!config.flag("use_sliding_window", false)) return {};
  const first = config.value("max_window_layers") === 0 ? 0 : config.count("max_window_layers", 28);
  return { window: slidingWindow(config, 4096), slides: (layer) => layer >= first };
}
