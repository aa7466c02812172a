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

/** A named figure of one token. */
export interface DeepFigure {
  /** From 0; token 0 comes out of the prefill. */
  tokenIndex: number;
  /** Counted from 0; `null` outside the layers. */
  layer: number | null;
  /**
   * `"attention_entropy"` (nats), `"attention_largest_weight"`, `"attention_sparsity"`,
   * `"mlp_kill_ratio"`, `"routing_entropy"` (nats), or a norm's component followed by
   * `"_variance_ratio"` (what goes in ÷ what comes out).
   */
  statistic: string;
  /** Which head; `null` for a figure of the whole layer. */
  head: number | null;
  /** In the unit of the statistic. */
  value: number;
}

/** An expert that a layer's router chose for a token. */
export interface ExpertChoice {
  /** From 0. */
  tokenIndex: number;
  /** From 0. */
  layer: number;
  /** From 0. */
  expert: number;
  /** Summed over the positions; `null` where only the choice is known. */
  weight: number | null;
  /** Positions that chose it. */
  positions: number;
}

/** All figures that were taken, token after token within each metric. */
export function* deepFigures(columns: DeepColumns): Generator<DeepFigure> {
  for (const { layer, heads, entropyNats, largestWeight, sparsity } of columns.attention) {
    for (let at = 0; at < entropyNats.length; at++) {
      const place = { tokenIndex: Math.floor(at / heads), layer, head: at % heads };
      yield* figure({ ...place, statistic: "attention_entropy", value: entropyNats[at]! });
      yield* figure({ ...place, statistic: "attention_largest_weight", value: largestWeight[at]! });
      yield* figure({ ...place, statistic: "attention_sparsity", value: sparsity[at]! });
    }
  }
  const head = null;
  for (const { layer, killRatio } of columns.gates) {
    for (const [tokenIndex, value] of killRatio.entries()) {
      yield* figure({ tokenIndex, layer, head, statistic: "mlp_kill_ratio", value });
    }
  }
  for (const norm of columns.norms) {
    const statistic = `${norm.component}_variance_ratio`;
    for (const [tokenIndex, input] of norm.inputVariance.entries()) {
      const value = input / norm.outputVariance[tokenIndex]!;
      yield* figure({ tokenIndex, layer: norm.layer, head, statistic, value });
    }
  }
  for (const { layer, entropyNats } of columns.routing) {
    for (const [tokenIndex, value] of entropyNats.entries()) {
      yield* figure({ tokenIndex, layer, head, statistic: "routing_entropy", value });
    }
  }
}

function* figure(one: DeepFigure): Generator<DeepFigure> {
  if (Number.isFinite(one.value)) yield one;
}

/** All experts that were chosen. */
export function* expertChoices(columns: DeepColumns): Generator<ExpertChoice> {
  for (const { layer, experts, weight, positions } of columns.routing) {
    for (let at = 0; at < positions.length; at++) {
      const chosen = positions[at]!;
      if (!(chosen > 0)) continue;
      yield {
        tokenIndex: Math.floor(at / experts),
        layer,
        expert: at % experts,
        weight: Number.isFinite(weight[at]!) ? weight[at]! : null,
        positions: chosen,
      };
    }
  }
}

/**
 * How evenly a layer's experts are used over all tokens: the entropy of their shares ÷ its largest
 * possible value. 1: all alike; 0: always the same one; `null` where that cannot be told.
 */
export function loadBalance({ experts, positions }: RoutingColumns): number | null {
  const load = new Float64Array(experts);
  let total = 0;
  for (const [at, count] of positions.entries()) {
    if (!(count > 0)) continue;
    load[at % experts]! += count;
    total += count;
  }
  if (experts < 2 || total === 0) return null;
  let entropy = 0;
  for (const count of load) if (count > 0) entropy -= count / total * Math.log(count / total);
  return entropy / Math.log(experts);
}
