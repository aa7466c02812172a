/**
 * The deep metrics of many tokens, as columns: plain data that crosses threads as it is. Values that
 * were not taken are NaN; token 0 is the mean over the prompt's positions.
 *
 * @module
 */

/** Attention of a layer; the value of token `t` and head `h` is at `t * heads + h`. */
export interface HeadColumns {
  /** Counted from 0. */
  layer: number;
  /** Number of heads; 0 where nothing was taken. */
  heads: number;
  /** Why nothing was taken; `null` where something was. */
  reason: string | null;
  /** Entropy of the weights, in nats: 0 looks at one position, ln n at n alike. */
  entropyNats: Float32Array;
  /** Largest weight. */
  largestWeight: Float32Array;
  /** Share of the weights below the threshold, among the positions that may be looked at. */
  sparsity: Float32Array;
}

/** MLP of a layer, by token. */
export interface GateColumns {
  /** Counted from 0. */
  layer: number;
  /** Why nothing was taken; `null` where something was. */
  reason: string | null;
  /** Share of the values that go into the activation function at or below zero. */
  killRatio: Float32Array;
}

/** A norm, by token. */
export interface NormColumns {
  /** Counted from 0; `null` outside the layers. */
  layer: number | null;
  /** `"input_layernorm"`, `"final_norm"`, … */
  component: string;
  /** Why nothing was taken; `null` where something was. */
  reason: string | null;
  /** Variance of what goes in, within each normalised row. */
  inputVariance: Float32Array;
  /** Variance of what comes out. */
  outputVariance: Float32Array;
}

/** Router of a layer; the value of token `t` and expert `e` is at `t * experts + e`. */
export interface RoutingColumns {
  /** Counted from 0. */
  layer: number;
  /** Number of experts; 0 where nothing was taken. */
  experts: number;
  /** Why nothing was taken; `null` where something was. */
  reason: string | null;
  /** Entropy of the router's probabilities over all experts, in nats, by token. */
  entropyNats: Float32Array;
  /** Weight that an expert got, summed over the token's positions; NaN where only the choice is known. */
  weight: Float32Array;
  /** Positions of the token that chose the expert: 0 or 1 after the prefill. */
  positions: Float32Array;
}

/** All deep metrics. */
export interface DeepColumns {
  /** Number of tokens. */
  tokens: number;
  /** One for each layer with attention. */
  attention: HeadColumns[];
  /** One for each layer with an MLP. */
  gates: GateColumns[];
  /** One for each norm. */
  norms: NormColumns[];
  /** One for each layer with experts. */
  routing: RoutingColumns[];
}
