import type { ActivationStatistics } from "./inside.ts";

/** Which token a metric belongs to. */
export interface TokenReference {
  /** As in its `TokenEvent`. */
  tokenIndex: number;
  /** Default 0, the first. */
  repetition?: number;
}

/** An energy with its ends, where it has been attributed. */
export interface MetricEnergy {
  /** The mean. */
  energyMj?: number | null;
  /** Lower end. */
  lowMj?: number | null;
  /** Upper end. */
  highMj?: number | null;
}

/** One layer during one token. */
export interface LayerMetric extends TokenReference, MetricEnergy {
  /** From 0. */
  layer: number;
  /** Time in all of its components. */
  durationMs: number | null;
}

/** One component of a layer, or outside of them, during one token. */
export interface ComponentMetric extends TokenReference, MetricEnergy {
  /** `null` for embed_tokens, final_norm, lm_head, other. */
  layer: number | null;
  /** As the vocabulary of the design names it: `q_proj`, `attention`, … */
  component: string;
  /** `null` where only activations were taken. */
  durationMs: number | null;
  /** `null` where they were not taken. */
  activation?: ActivationStatistics | null;
}

/** One ONNX node during one token. */
export interface DeepOperationMetric extends TokenReference {
  /** `null` outside of layers. */
  layer: number | null;
  /** The component that the node belongs to. */
  component: string;
  /** The node's name. */
  operation: string;
  /** `MatMul`, … */
  opType: string;
  /** Time in the twin run. */
  durationMs: number;
  /** Its share. */
  energyMj?: number | null;
}

/** A named figure of the deep level: `attention_entropy` of a head, `mlp_kill_ratio`, … */
export interface DeepStatistic extends TokenReference {
  /** `null` outside of layers. */
  layer: number | null;
  /**
   * `"attention_entropy"` (nats), `"attention_largest_weight"`, `"attention_sparsity"`,
   * `"mlp_kill_ratio"`, `"routing_entropy"` (nats), or a norm's component followed by
   * `"_variance_ratio"` (what goes in ÷ what comes out).
   */
  statistic: string;
  /** Which head; `null` for a figure of the whole layer. */
  head: number | null;
  /** In the statistic's own unit. */
  value: number;
}

/** An expert that a layer's router chose for a token. */
export interface MoeExpertActivation extends TokenReference {
  /** From 0. */
  layer: number;
  /** From 0. */
  expert: number;
  /** Routing weight, summed over the positions; `null` where only the choice is known. */
  weight: number | null;
  /** Positions of the prompt that chose it, for the prefill; default 1. */
  positions?: number;
}

/** Where the inside of tokens is written; the tokens must be there. The store fulfils it. */
export interface MetricSink {
  /** Writes layers. */
  addLayerMetrics(runId: string, layers: readonly LayerMetric[]): void;
  /** Writes components; times and activations may come one by one. */
  addComponentMetrics(runId: string, components: readonly ComponentMetric[]): void;
  /** Writes single ONNX nodes. */
  addDeepOperationMetrics(runId: string, operations: readonly DeepOperationMetric[]): void;
  /** Writes figures of the deep level. */
  addDeepStatistics(runId: string, statistics: readonly DeepStatistic[]): void;
  /** Writes the experts that were chosen. */
  addMoeExpertActivations(runId: string, activations: readonly MoeExpertActivation[]): void;
}
