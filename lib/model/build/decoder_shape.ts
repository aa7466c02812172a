/**
 * The shape of a decoder: what families differ in, each difference as plain data.
 *
 * @module
 */
import type { Rotary } from "./rotary_frequencies.ts";

/** What an activation computes; `"gelu_tanh"` is what Hugging Face calls `gelu_new`, too. */
export type Activation = "silu" | "gelu" | "gelu_tanh" | "relu";

/** The module names of a family, as its exporter writes them into nodes and weights. */
export interface ModuleNames {
  /** `"model"`. */
  base: string;
  /** `"layers"`. */
  layers: string;
  embedding: string;
  /** Learned positions; unused where there are none. */
  positions: string;
  attention: string;
  /** The fused projection of queries, keys and values, where there is one. */
  qkv: string;
  output: string;
  mlp: string;
  /** The MLP's first matrix where it is not gated, or its fused gate and up. */
  inner: string;
  outer: string;
  activation: string;
  inputNorm: string;
  /** The norm between attention and MLP. */
  middleNorm: string;
  finalNorm: string;
}

/** How hidden states are normalised. */
export interface NormShape {
  kind: "rms" | "layer";
  epsilon: number;
  /** Gemma keeps its weights less one. */
  plusOne: boolean;
}

/** Queries, keys, values, and what is done with their scores. */
export interface AttentionShape {
  /** Whether one matrix projects queries, keys and values. */
  fused: boolean;
  /** Whether q, k and v have biases. */
  bias: boolean;
  outputBias: boolean;
  /** Whether queries and keys are normalised per head. */
  headNorms: boolean;
  /** What scores are multiplied with. */
  scale: number;
  /** Scores stay within ± this. */
  softCap: number | null;
  /** Tokens that each layer looks back, itself included; `null` for all. */
  windows: readonly (number | null)[];
}

/** The part of a layer after attention. */
export type FeedForwardShape =
  | { kind: "gated" | "fused" | "plain"; size: number; activation: Activation; bias: boolean }
  | { kind: "experts"; size: number; activation: Activation; experts: number; perToken: number };

/** Everything that the graph of a decoder depends on. */
export interface DecoderShape {
  /** Hugging Face's `model_type`. */
  family: string;
  names: ModuleNames;
  vocabSize: number;
  hiddenSize: number;
  numLayers: number;
  numHeads: number;
  numKvHeads: number;
  headDim: number;
  norm: NormShape;
  /** `null` where positions are learned. */
  rotary: Rotary | null;
  /** Rows of the table of learned positions; `null` where they are rotary. */
  learnedPositions: number | null;
  attention: AttentionShape;
  feedForward: FeedForwardShape;
  /**
   * `"serial"`: attention, then MLP. `"parallel"`: both read the same norm (Phi).
   * `"sandwich"`: serial with a norm before and after each (Gemma 2).
   */
  arrangement: "serial" | "parallel" | "sandwich";
  /** GPT-2's Conv1D: `Gemm` on rows, its matrices kept as `[in, out]`. */
  conv1d: boolean;
  /** What embeddings are multiplied with. */
  embeddingScale: number | null;
  head: { tied: boolean; bias: boolean; softCap: number | null };
  /** Standard deviation of random weights. */
  initializerRange: number;
}
