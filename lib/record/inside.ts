/** How far inside a run is looked: not at all, at layers and their components, at every operation. */
export type Depth = "token" | "component" | "operation";

/** What a module put out, over all values of one token. */
export interface ActivationStatistics {
  /** Mean of |x|. */
  meanAbs: number;
  /** Standard deviation of x. */
  std: number;
  /** Largest |x|. */
  maxAbs: number;
  /** Share of values with |x| below the threshold (1e-4 unless told), 0 to 1. */
  sparsity: number;
}

/** The time of one component in one token, from a profiled pass. */
export interface ComponentTiming {
  /** From 0; token 0 comes out of the prefill. */
  tokenIndex: number;
  /** Counted from 0; `null` outside the layers. */
  layer: number | null;
  /** `"q_proj"`, `"attention"`, `"lm_head"`, …, or a bucket such as `"framework"`. */
  component: string;
  /** Corrected for what timing itself costs. */
  durationMs: number;
  /** Statistics of its output; `null` where they were not taken. */
  activation: ActivationStatistics | null;
}
