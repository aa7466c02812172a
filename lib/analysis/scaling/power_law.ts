import type { Estimate } from "../estimate.ts";
import { estimateOfFit } from "../estimate_of_fit.ts";
import { fitLeastSquares } from "../statistics/mod.ts";

/** y = c · xᵉ, fitted as a line through the logarithms. */
export interface PowerLaw {
  /** e: 1 is proportional. `resolved` where its interval leaves out 0. */
  exponent: Estimate;
  /** c. */
  coefficient: Estimate;
  /** Share of the logarithms' variance that the law explains. */
  rSquared: number;
  /** Points that it was fitted to. */
  points: number;
  /** Its mean between the ends of what it was fitted to, for a band. */
  band: { x: number; value: number; low: number; high: number }[];
}

/** Steps of the band that is drawn. */
const BAND_STEPS = 24;

/**
 * Fits a power law by ordinary least squares on logarithms, which takes x as known exactly.
 *
 * @param points all above 0
 * @returns `null` for fewer than three different x
 */
export function fitPowerLaw(points: readonly { x: number; y: number }[]): PowerLaw | null {
  const fit = lineOfLogs(points);
  if (fit === null) return null;
  const [constant, slope] = fit.coefficients;
  const xs = points.map(({ x }) => x);
  const [least, most] = [Math.log(Math.min(...xs)), Math.log(Math.max(...xs))];
  return {
    exponent: estimateOfFit(slope!),
    coefficient: {
      value: Math.exp(constant!.value),
      low: Math.exp(constant!.low),
      high: Math.exp(constant!.high),
      resolved: true,
    },
    rSquared: fit.rSquared,
    points: points.length,
    band: Array.from({ length: BAND_STEPS + 1 }, (_, step) => {
      const log = least + (most - least) * step / BAND_STEPS;
      const { value, low, high } = fit.meanAt([log]);
      return { x: Math.exp(log), value: Math.exp(value), low: Math.exp(low), high: Math.exp(high) };
    }),
  };
}

/** The line itself, in logarithms; `null` for fewer than three different x. */
export function lineOfLogs(points: readonly { x: number; y: number }[]) {
  if (new Set(points.map(({ x }) => x)).size < 3) return null;
  return fitLeastSquares(points.map(({ x }) => [Math.log(x)]), points.map(({ y }) => Math.log(y)));
}
