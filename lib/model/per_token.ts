/**
 * What one decoded token costs the machine, as a function of the context before it.
 *
 * @module
 */
import type { ModelFeatures } from "./features.ts";

/**
 * A quantity that grows with the context: `base` + `perContextToken` × context +
 * `perWindowToken` × the part of the context that a sliding window shows. Plain numbers, so that
 * it can be stored and sent between threads.
 */
export interface PerToken {
  /** What the weights cost, whatever the context. */
  base: number;
  /** What each token of the context adds in layers that look back to the beginning. */
  perContextToken: number;
  /** What each token inside the window adds in layers that have one. */
  perWindowToken: number;
}

/**
 * Floating-point operations that decoding one token takes, a multiply-add counted as two.
 *
 * Counted are the matrices (of a mixture only the experts that the token is routed to) and the
 * scores and values of the attention; norms, activations and softmax are well below 1 %.
 *
 * @param features of the model, as `loadModel` tells them
 * @param contextLength tokens that are attended to, the new one included
 * @returns FLOPs, or `null` where the model does not tell its shape
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { flopsPerToken, loadModel } from "@tokenwatt/tokenwatt";
 *
 * const { features } = await loadModel("models/tinytales");
 * // 6 layers × 6 heads × 32 wide, 2 multiply-adds each: 4,608 more for each token of context.
 * assert(flopsPerToken(features, 101)! - flopsPerToken(features, 100)! === 4_608);
 * ```
 */
export function flopsPerToken(features: ModelFeatures, contextLength: number): number | null {
  return at(features.flopsPerToken, features.slidingWindow, contextLength);
}

/**
 * Bytes that decoding one token reads: the weights that it touches (one row of the embedding, the
 * experts that it is routed to) and the cached keys and values before it.
 *
 * @param features of the model, as `loadModel` tells them
 * @param contextLength tokens that are attended to
 * @returns bytes, or `null` where the model does not tell its shape or has no cache
 */
export function bytesPerToken(features: ModelFeatures, contextLength: number): number | null {
  return at(features.bytesPerToken, features.slidingWindow, contextLength);
}

function at(quantity: PerToken | null, window: number | null, contextLength: number) {
  if (quantity === null) return null;
  const { base, perContextToken, perWindowToken } = quantity;
  const seen = Math.min(contextLength, window ?? contextLength);
  return base + perContextToken * contextLength + perWindowToken * seen;
}
