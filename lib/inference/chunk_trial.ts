/**
 * Whether a graph continues its cache with several tokens at once.
 *
 * Most do. Some fail: onnxruntime-genai's older graphs make their mask for one token or for no past.
 * Some answer wrongly: a branch that was traced with one token has no causal mask. Names and shapes
 * are the same in all of them, so it is found out by trying.
 *
 * @module
 */
import type { CacheSlot } from "./cache_slots.ts";

/** Rounding differs with the shape of a pass, in proportion to the largest logit. */
const TOLERANCE = 1e-3;
const HALF_TOLERANCE = 2e-2;

/**
 * Runs a few tokens at once and in two passes, and compares.
 *
 * @param row runs passes over an empty cache and returns the logits after the last token
 */
export async function continuesWithMany(
  row: (...passes: number[][]) => Promise<Float32Array>,
  cache: readonly CacheSlot[],
): Promise<boolean> {
  const tolerance = toleranceOf(cache);
  try {
    return agree(
      await row([1, 2, 3, 4, 5]),
      await row([1, 2], [3, 4, 5]),
      tolerance,
    );
  } catch {
    return false;
  }
}

/** How far rounding may go, in proportion to the largest logit. */
export function toleranceOf(cache: readonly CacheSlot[]): number {
  return cache.some(({ type }) => type === "float16") ? HALF_TOLERANCE : TOLERANCE;
}

/** Whether logits are the same but for rounding. */
export function agree(whole: Float32Array, cut: Float32Array, tolerance: number): boolean {
  const most = tolerance * whole.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  // Written so that values that are no numbers do not agree.
  return whole.every((value, id) => Math.abs(value - cut[id]!) <= most);
}
