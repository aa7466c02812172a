import { studentQuantile } from "./distributions.ts";
import { sumOver } from "../../sample.ts";

/** A point to fit a line to; `weight` says how many observations it stands for. */
export interface Point {
  x: number;
  y: number;
  weight: number;
}

/** A straight line with half the 95 % intervals of its figures. */
export interface Line {
  slope: number;
  slopeError: number;
  intercept: number;
  interceptError: number;
}

/**
 * The line of least squares through at least three points, each with its weight.
 *
 * Errors are Student's, for as many points as are worth of independent ones: residuals that follow
 * each other, as those of a machine that warms up do, are worth less (Bartlett, J. R. Stat. Soc. 98,
 * 1935: n (1 − r) ÷ (1 + r) for a correlation r of neighbours).
 *
 * @param points in the order of time
 * @returns `null` for fewer than three points, or for points of one x
 */
export function fitLine(points: readonly Point[]): Line | null {
  const count = points.length;
  const weight = sumOver(points, (point) => point.weight);
  const meanX = sumOver(points, (point) => point.weight * point.x) / weight;
  const meanY = sumOver(points, (point) => point.weight * point.y) / weight;
  const spread = sumOver(points, (point) => point.weight * (point.x - meanX) ** 2);
  if (count < 3 || !(spread > 0)) return null;
  const slope = sumOver(points, (point) => point.weight * (point.x - meanX) * (point.y - meanY)) /
    spread;
  const intercept = meanY - slope * meanX;
  const residuals = points.map(({ x, y, weight }) =>
    Math.sqrt(weight) * (y - intercept - slope * x)
  );
  const variance = sumOver(residuals, (residual) => residual * residual) / (count - 2);
  const worth = worthOf(residuals);
  const inflated = variance * (count / worth);
  const t = studentQuantile(0.975, Math.max(1, worth - 2));
  return {
    slope,
    slopeError: t * Math.sqrt(inflated / spread),
    intercept,
    interceptError: t * Math.sqrt(inflated * (1 / weight + meanX ** 2 / spread)),
  };
}

/** How many independent residuals these, in the order of time, are worth. */
export function worthOf(residuals: readonly number[]): number {
  const count = residuals.length;
  const square = sumOver(residuals, (residual) => residual * residual);
  const products = residuals.slice(1).map((residual, at) => residual * (residuals[at] ?? 0));
  if (square === 0) return count;
  // Residuals of a fitted line look less alike than they are, by about (2 + 4 r) ÷ n.
  const seen = sumOver(products, (product) => product) / square;
  const likeness = Math.min(0.95, Math.max(0, seen + (2 + 4 * Math.max(0, seen)) / count));
  return seen > 0 ? count * (1 - likeness) / (1 + likeness) : count;
}
