import type { RunRecord } from "./run_record.ts";

/** What a model does for a token, as far as its runs know. */
export interface ModelWork {
  /** Floating-point operations of a decode step with an empty cache. */
  flops: number;
  /** More for each token in the cache. */
  flopsPerContextToken: number;
  /** Bytes that a decode step reads with an empty cache. */
  bytes: number;
  /** More for each token in the cache. */
  bytesPerContextToken: number;
}

/** The work of a run's model; `null` where the run does not know it. */
export function modelWork({ model, details }: RunRecord): ModelWork | null {
  const { flopsPerToken, bytesPerToken, kvBytesPerToken, numHeads, headDim } = details?.model ?? {};
  if (typeof flopsPerToken !== "number" || typeof bytesPerToken !== "number") return null;
  if (typeof kvBytesPerToken !== "number") return null;
  // A score and a value for each position: one multiply-add for every element of a head.
  const attention = typeof numHeads === "number" && typeof headDim === "number"
    ? 4 * numHeads * headDim * model.numLayers
    : 0;
  return {
    flops: flopsPerToken,
    flopsPerContextToken: attention,
    bytes: bytesPerToken,
    bytesPerContextToken: kvBytesPerToken,
  };
}

/** Weights that one token goes through: all but the experts that it is not routed to. */
export function activeParameters({ model, details }: RunRecord): number | null {
  const { parametersByPart, numExperts, expertsPerToken } = details?.model ?? {};
  const experts = parametersByPart?.experts ?? 0;
  if (experts === 0) return numExperts ? null : model.parameters;
  if (!numExperts || !expertsPerToken) return null;
  return model.parameters - Math.round(experts * (1 - Math.min(1, expertsPerToken / numExperts)));
}

/** Whether a router chooses experts for each token. */
export function isMixture({ details }: RunRecord): boolean {
  const { parametersByPart, numExperts } = details?.model ?? {};
  return (parametersByPart?.experts ?? 0) > 0 || (numExperts ?? 0) > 0;
}
