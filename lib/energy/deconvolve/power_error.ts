import type { Fit } from "./power_fit.ts";

/** What is not known of a fit, in mW. */
interface PowerError {
  /** Errors of each unknown, draw after draw. */
  errorsMw: Float64Array[];
  /** How far each may be held back by the prior. */
  biasMw: Float64Array;
}

/** A prior cannot hold back more than this many times what it let through. */
const MOST_BIAS = 4;
/**
 * The errors of a fit, drawn from its covariance, and what its prior may have taken from each token:
 * a power that was let half its way off the mean may truly be twice as far off. What was taken from
 * a token may have gone to its neighbours.
 *
 * @param noise independent normal numbers: of each unknown, those of all draws
 * @param from the first draw, `to` the one after the last
 */
export function powerErrorOf(
  { factor, variance, weights, powersMw, meanMw }: Fit,
  noise: readonly Float64Array[],
  from: number,
  to: number,
): PowerError {
  const squares = new Float64Array(powersMw.length);
  const errorsMw: Float64Array[] = [];
  for (let draw = from; draw < to; draw++) {
    const error = factor.solveUpper(Float64Array.from(noise, (values) => values[draw]!));
    errorsMw.push(error.map((value) => value * Math.sqrt(variance)));
    error.forEach((value, i) => squares[i]! += value * value / (to - from));
  }
  const ownMw = powersMw.map((mw, i) => {
    const heldBack = Math.min(1, weights[i]! * squares[i]!);
    const times = Math.min(MOST_BIAS, heldBack / Math.max(1e-9, 1 - heldBack));
    return times * Math.abs(mw - meanMw);
  });
  const biasMw = ownMw.map((mw, i) => Math.max(mw, ownMw[i - 1] ?? 0, ownMw[i + 1] ?? 0));
  return { errorsMw, biasMw };
}
