/**
 * The shape of GPT-2, whose config has names of its own.
 *
 * @module
 */
import type { ConfigFields } from "./decoder_config.ts";
import type { DecoderShape } from "./decoder_shape.ts";
import { dividedByHeads, readActivation } from "./shape_fields.ts";

/** Checks a GPT-2's config and fills its defaults in. */
export function gpt2Shape(config: ConfigFields): DecoderShape {
  for (const key of ["scale_attn_by_inverse_layer_idx", "add_cross_attention"]) {
    if (config.flag(key, false)) throw config.refuse(key, "it is not built; use false");
  }
  const hiddenSize = config.count("n_embd", 768);
  const numHeads = config.count("n_head", 12);
  const headDim = dividedByHeads(config, "n_embd", hiddenSize, numHeads);
  const numLayers = config.count("n_layer", 12);
  return {
    family: "gpt2",
    names: {
      base: "transformer",
      layers: "h",
      embedding: "wte",
      positions: "wpe",
      attention: "attn",
      qkv: "c_attn",
      output: "c_proj",
      mlp: "mlp",
      inner: "c_fc",
      outer: "c_proj",
      activation: "act",
      inputNorm: "ln_1",
      middleNorm: "ln_2",
      finalNorm: "ln_f",
    },
    vocabSize: config.count("vocab_size", 50257),
    hiddenSize,
    numLayers,
    numHeads,
    numKvHeads: numHeads,
    headDim,
    norm: {
      kind: "layer",
      epsilon: config.positive("layer_norm_epsilon", 1e-5),
      plusOne: false,
    },
    rotary: null,
    learnedPositions: config.count("n_positions", 1024),
    attention: {
      fused: true,
      bias: true,
      outputBias: true,
      headNorms: false,
      scale: config.flag("scale_attn_weights", true) ? 1 / Math.sqrt(headDim) : 1,
      softCap: null,
      windows: Array.from({ length: numLayers }, () => null),
    },
    feedForward: {
      kind: "plain",
      size: config.countOrNull("n_inner") ?? 4 * hiddenSize,
      activation: readActivation(config, "activation_function", "gelu_new"),
      bias: true,
    },
    arrangement: "serial",
    conv1d: true,
    embeddingScale: null,
    head: { tied: config.flag("tie_word_embeddings", true), bias: false, softCap: null },
    initializerRange: config.positive("initializer_range", 0.02),
  };
}
