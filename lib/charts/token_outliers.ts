/**
 * Which tokens cost unlike the others, and whether that is more than the error of their energy.
 *
 * @module
 */
import type { GroupView } from "./token_views.ts";

/** A group whose energy per token lies outside what is usual. */
export interface Outlier {
  group: GroupView;
  /** Distance from the median in robust standard deviations; negative below it. */
  score: number;
  /** Its whole interval lies outside, too: not explained by the error of its energy. */
  sure: boolean;
}

/** The middle of the energies per decoded token, in mJ, every token counted once. */
export interface Usual {
  medianMj: number;
  /** A quarter of the tokens costs less. */
  quarterMj: number;
  /** A quarter of the tokens costs more. */
  threeQuartersMj: number;
  /** Ends of what is usual; `null` where more than half of the tokens cost the same. */
  range: { lowMj: number; highMj: number } | null;
  /** The most unusual first. */
  outliers: Outlier[];
}

/** Iglewicz & Hoaglin, "How to Detect and Handle Outliers", 1993: modified z-scores beyond this. */
const THRESHOLD = 3.5;

/** Makes the median absolute deviation an estimate of the standard deviation of normal values. */
const MAD_TO_DEVIATION = 1.4826;

/** Fewer groups than this have no "usual". */
const LEAST_GROUPS = 6;

/** What is usual among groups of known energy; `null` without any. */
export function usualEnergy(groups: readonly GroupView[]): Usual | null {
  const values = groups.map((group): Weighted => [group.mjPerToken ?? 0, sizeOf(group)]);
  if (values.length === 0) return null;
  const medianMj = weightedQuantile(values, 0.5);
  const deviation = MAD_TO_DEVIATION *
    weightedQuantile(values.map(([mj, weight]) => [Math.abs(mj - medianMj), weight]), 0.5);
  const reach = THRESHOLD * deviation;
  const range = deviation > 0 && groups.length >= LEAST_GROUPS
    ? { lowMj: medianMj - reach, highMj: medianMj + reach }
    : null;
  const outliers = range === null ? [] : groups.flatMap((group): Outlier[] => {
    const { mjPerToken, lowMj, highMj } = group;
    const mj = mjPerToken ?? medianMj;
    if (mj >= range.lowMj && mj <= range.highMj) return [];
    const near = mj > medianMj ? lowMj : highMj;
    const sure = near !== null && (mj > medianMj ? near > range.highMj : near < range.lowMj);
    return [{ group, score: (mj - medianMj) / deviation, sure }];
  });
  return {
    medianMj,
    quarterMj: weightedQuantile(values, 0.25),
    threeQuartersMj: weightedQuantile(values, 0.75),
    range,
    outliers: outliers.sort((a, b) => Math.abs(b.score) - Math.abs(a.score)),
  };
}

/** How many tokens a group has. */
export function sizeOf({ firstIndex, lastIndex }: GroupView): number {
  return lastIndex - firstIndex + 1;
}

type Weighted = [value: number, weight: number];

/** The value below which a share of the weight lies. */
function weightedQuantile(values: readonly Weighted[], share: number): number {
  const sorted = [...values].sort(([a], [b]) => a - b);
  const half = share * sorted.reduce((sum, [, weight]) => sum + weight, 0);
  let below = 0;
  for (const [value, weight] of sorted) {
    below += weight;
    if (below >= half) return value;
  }
  return sorted.at(-1)?.[0] ?? NaN;
}
