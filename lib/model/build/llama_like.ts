/**
 * Shapes of the families that a Llama's config describes, with what each has otherwise.
 *
 * @module
 */
import { type ConfigFields, refusal } from "./decoder_config.ts";
import type {
  Activation,
  AttentionShape,
  DecoderShape,
  FeedForwardShape,
  ModuleNames,
} from "./decoder_shape.ts";
import { dividedByHeads, readActivation, readWindows } from "./shape_fields.ts";
import { readRotary } from "./rotary_frequencies.ts";

const LLAMA_NAMES: ModuleNames = {
  base: "model",
  layers: "layers",
  embedding: "embed_tokens",
  positions: "",
  attention: "self_attn",
  qkv: "qkv_proj",
  output: "o_proj",
  mlp: "mlp",
  inner: "",
  outer: "down_proj",
  activation: "act_fn",
  inputNorm: "input_layernorm",
  middleNorm: "post_attention_layernorm",
  finalNorm: "norm",
};

/** What a family has otherwise than a Llama. */
export interface Differences {
  names?: Partial<ModuleNames>;
  attention?: Partial<AttentionShape>;
  mlpBias?: boolean;
  feedForward?: FeedForwardShape["kind"];
  activation?: Activation;
  arrangement?: DecoderShape["arrangement"];
  norm?: Partial<DecoderShape["norm"]>;
  headDim?: number;
  headSoftCap?: number | null;
  tied?: boolean;
  theta?: number;
  epsilon?: number;
  embeddingScale?: number;
  window?: number | null;
  slides?: (layer: number) => boolean;
}

/** The shape of a family that differs from a Llama in `differs`. */
export function llamaLike(config: ConfigFields, differs: Differences): DecoderShape {
  const numHeads = config.count("num_attention_heads");
  const numKvHeads = config.countOrNull("num_key_value_heads") ?? numHeads;
  if (numHeads % numKvHeads !== 0) {
    throw config.refuse("num_key_value_heads", `it must divide num_attention_heads ${numHeads}`);
  }
  const hiddenSize = config.count("hidden_size");
  const headDim = config.countOrNull("head_dim") ?? differs.headDim ??
    dividedByHeads(config, "hidden_size", hiddenSize, numHeads);
  if (headDim % 2 !== 0) {
    throw refusal("head_dim", headDim, "rotary embedding needs an even whole number");
  }
  const numLayers = config.count("num_hidden_layers");
  const bias = differs.attention?.bias ?? config.flag("attention_bias", false);
  const activation = differs.activation ?? readActivation(config, "hidden_act", "silu");
  const size = config.count("intermediate_size");
  return {
    family: String(config.value("model_type") ?? "llama"),
    names: { ...LLAMA_NAMES, ...differs.names },
    vocabSize: config.count("vocab_size"),
    hiddenSize,
    numLayers,
    numHeads,
    numKvHeads,
    headDim,
    norm: {
      kind: "rms",
      epsilon: config.positive("rms_norm_eps", differs.epsilon ?? 1e-6),
      plusOne: false,
      ...differs.norm,
    },
    rotary: readRotary(config, headDim, { theta: differs.theta ?? 10000, partial: 1 }),
    learnedPositions: null,
    attention: {
      fused: false,
      headNorms: false,
      scale: 1 / Math.sqrt(headDim),
      softCap: null,
      outputBias: bias,
      ...differs.attention,
      bias,
      windows: readWindows(config, numLayers, differs.window ?? null, differs.slides),
    },
    feedForward: differs.feedForward === "experts" ? readExperts(config, size, activation) : {
      kind: differs.feedForward ?? "gated",
      size,
      activation,
      bias: differs.mlpBias ?? false,
    },
    arrangement: differs.arrangement ?? "serial",
    conv1d: false,
    embeddingScale: differs.embeddingScale ?? null,
    head: {
      tied: config.flag("tie_word_embeddings", differs.tied ?? false),
      bias: false,
      softCap: differs.headSoftCap ?? null,
    },
    initializerRange: config.positive("initializer_range", 0.02),
  };
}

function readExperts(
  config: ConfigFields,
  size: number,
  activation: Activation,
): FeedForwardShape {
  const experts = config.count("num_local_experts", 8);
  const perToken = config.count("num_experts_per_tok", 2);
  if (perToken > experts) {
    throw config.refuse("num_experts_per_tok", `it must be at most num_local_experts ${experts}`);
  }
  return { kind: "experts", size, activation, experts, perToken };
}
