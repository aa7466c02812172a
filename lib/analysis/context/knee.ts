import type { Estimate } from "../estimate.ts";
import { estimateOfFit } from "../estimate_of_fit.ts";
import { fitLeastSquares, relativeWorths, studentP, studentQuantile } from "../statistics/mod.ts";

/** Where a line bends: such as where a cache level no longer holds what is read. */
export interface Knee {
  /** Where. */
  at: number;
  /** Slope before it. */
  before: number;
  /** Slope behind it less the slope before it. */
  change: Estimate;
  /** p-value of the change, corrected for every place that was tried. */
  p: number;
}

/** Points on either side of a knee: two lie on any line. */
const LEAST_EACH_SIDE = 3;

/**
 * The knee of a line through points, tried at each inner x; `null` where no slope changes
 * (p < 0.05 after Bonferroni's correction for the places), or points are too few to tell.
 */
export function kneeOf(points: readonly { x: number; y: number }[]): Knee | null {
  const xs = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b);
  const y = points.map((point) => point.y);
  const places = xs.slice(LEAST_EACH_SIDE - 1, 1 - LEAST_EACH_SIDE);
  const tried = places.flatMap((at) => {
    const row = (x: number) => [x, Math.max(0, x - at)];
    const fit = fitLeastSquares(points.map(({ x }) => row(x)), y, relativeWorths(y));
    if (fit === null) return [];
    const left = fit.residualDeviation ** 2 * fit.degrees;
    return [{ at, fit, left }];
  }).sort((one, other) => one.left - other.left);
  const best = tried[0];
  const change = best?.fit.coefficients[2];
  if (!best || !change) return null;
  const error = (change.high - change.value) / studentQuantile(0.975, best.fit.degrees);
  const p = Math.min(1, places.length * studentP(change.value / error, best.fit.degrees));
  if (p >= 0.05) return null;
  const before = best.fit.coefficients[1]!.value;
  return { at: best.at, before, change: estimateOfFit(change), p };
}
