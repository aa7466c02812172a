/**
 * Activation statistics of many tokens, as columns: plain data that crosses threads as it is.
 *
 * @module
 */
import type { TapSite } from "../../model/mod.ts";
import type { ActivationStatistics } from "../../record.ts";

/**
 * Statistics by token and component. The value of token `t` and component `c` is at
 * `t * sites.length + c`; NaN where it was not taken.
 */
export interface ActivationColumns {
  /** The components, and why some have no tensor. */
  sites: readonly TapSite[];
  /** Number of tokens; token 0 stands for the whole prompt. */
  tokens: number;
  /** Mean of |x|. */
  meanAbs: Float32Array;
  /** Standard deviation of x. */
  std: Float32Array;
  /** Largest |x|. */
  maxAbs: Float32Array;
  /** Share of |x| below `sparsityBelow`. */
  sparsity: Float32Array;
  /** Values that are NaN or infinite, which the others leave out. */
  nonFinite: Float32Array;
  /** What |x| had to be under to count as zero. */
  sparsityBelow: number;
}

/** The statistics of one component in one token; `null` where they were not taken. */
export function activationAt(
  columns: ActivationColumns,
  tokenIndex: number,
  layer: number | null,
  component: string,
): ActivationStatistics | null {
  const site = columns.sites.findIndex((s) => s.layer === layer && s.component === component);
  if (site === -1 || tokenIndex < 0 || tokenIndex >= columns.tokens) return null;
  return activationOf(columns, tokenIndex, site);
}

/** The statistics at the position of a component in `sites`. */
export function activationOf(
  columns: ActivationColumns,
  tokenIndex: number,
  site: number,
): ActivationStatistics | null {
  const at = tokenIndex * columns.sites.length + site;
  const meanAbs = columns.meanAbs[at] ?? NaN;
  if (Number.isNaN(meanAbs)) return null;
  return {
    meanAbs,
    std: columns.std[at]!,
    maxAbs: columns.maxAbs[at]!,
    sparsity: columns.sparsity[at]!,
  };
}
