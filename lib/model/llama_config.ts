/**
 * What a Llama's `config.json` says, checked.
 *
 * @module
 */
import { InputError } from "../errors.ts";

/** The fields of a Llama's `config.json` that shape the graph; others are kept and ignored. */
export interface LlamaConfig {
  /** `"llama"` or absent. */
  model_type?: string | null;
  /** Rows of the embedding. */
  vocab_size: number;
  /** Width of the residual stream. */
  hidden_size: number;
  /** Width inside the MLP. */
  intermediate_size: number;
  /** Layers. */
  num_hidden_layers: number;
  /** Query heads. */
  num_attention_heads: number;
  /** Default: as many as `num_attention_heads`. */
  num_key_value_heads?: number | null;
  /** Default: `hidden_size / num_attention_heads`. */
  head_dim?: number | null;
  /** Default 1e-6. */
  rms_norm_eps?: number | null;
  /** Default 10000. */
  rope_theta?: number | null;
  /** Anything but `null` is refused. */
  rope_scaling?: unknown;
  /** Default 2048. */
  max_position_embeddings?: number | null;
  /** Whether the head is the embedding; default false. */
  tie_word_embeddings?: boolean | null;
  /** Whether q, k, v and o have biases; default false. */
  attention_bias?: boolean | null;
  /** Whether gate, up and down have biases; default false. */
  mlp_bias?: boolean | null;
  /** Only `"silu"`. */
  hidden_act?: string | null;
  /** Standard deviation of random weights; default 0.02. */
  initializer_range?: number | null;
  /** Whatever else the file says. */
  [key: string]: unknown;
}

/** A Llama's shape with every default filled in. */
export interface LlamaShape {
  vocabSize: number;
  hiddenSize: number;
  intermediateSize: number;
  numLayers: number;
  numHeads: number;
  numKvHeads: number;
  headDim: number;
  normEpsilon: number;
  ropeTheta: number;
  tiedHead: boolean;
  attentionBias: boolean;
  mlpBias: boolean;
  initializerRange: number;
}

/** Checks a config and fills its defaults in; `InputError` where this builder cannot follow it. */
export function llamaShape(config: LlamaConfig): LlamaShape {
  if ((config.model_type ?? "llama") !== "llama") {
    throw refuse("model_type", config.model_type, 'this builder writes "llama" models');
  }
  if ((config.hidden_act ?? "silu") !== "silu") {
    throw refuse("hidden_act", config.hidden_act, 'this builder knows "silu"');
  }
  const numHeads = count(config, "num_attention_heads");
  const numKvHeads = (config.num_key_value_heads ?? null) === null
    ? numHeads
    : count(config, "num_key_value_heads");
  if (numHeads % numKvHeads !== 0) {
    throw refuse(
      "num_key_value_heads",
      numKvHeads,
      `it must divide num_attention_heads ${numHeads}`,
    );
  }
  const hiddenSize = count(config, "hidden_size");
  const headDim = (config.head_dim ?? null) === null
    ? hiddenSize / numHeads
    : count(config, "head_dim");
  if (!Number.isInteger(headDim) || headDim % 2 !== 0) {
    throw refuse("head_dim", headDim, "rotary embedding needs an even whole number");
  }
  return {
    vocabSize: count(config, "vocab_size"),
    hiddenSize,
    intermediateSize: count(config, "intermediate_size"),
    numLayers: count(config, "num_hidden_layers"),
    numHeads,
    numKvHeads,
    headDim,
    normEpsilon: positive(config, "rms_norm_eps", 1e-6),
    ropeTheta: ropeTheta(config),
    tiedHead: config.tie_word_embeddings ?? false,
    attentionBias: config.attention_bias ?? false,
    mlpBias: config.mlp_bias ?? false,
    initializerRange: positive(config, "initializer_range", 0.02),
  };
}

// transformers 5 moved theta and scaling into one object, `rope_parameters`.
function ropeTheta(config: LlamaConfig): number {
  if ((config.rope_scaling ?? null) !== null) {
    throw refuse(
      "rope_scaling",
      config.rope_scaling,
      "scaled rotary embedding is not built; use null",
    );
  }
  const parameters = (config.rope_parameters ?? null) as Record<string, unknown> | null;
  if (parameters === null) return positive(config, "rope_theta", 10000);
  if ((parameters.rope_type ?? "default") !== "default") {
    throw refuse("rope_parameters", parameters, 'use rope_type "default"');
  }
  return positive(parameters, "rope_theta", config.rope_theta ?? 10000);
}

function count(config: LlamaConfig, key: string): number {
  const value = config[key];
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 1) {
    throw refuse(key, value, "it must be a whole number of at least 1");
  }
  return value;
}

function positive(source: Record<string, unknown>, key: string, fallback: number): number {
  const value = source[key] ?? fallback;
  if (typeof value !== "number" || !(value > 0) || !Number.isFinite(value)) {
    throw refuse(key, value, "it must be a number above 0");
  }
  return value;
}

function refuse(key: string, value: unknown, remedy: string): InputError {
  return new InputError(`Cannot build a model with ${key} ${JSON.stringify(value)}`, { remedy });
}
