import type { Estimate } from "../estimate.ts";
import { estimateOfFit } from "../estimate_of_fit.ts";
import { type Fit, fitLeastSquares, relativeWorths } from "../statistics/mod.ts";

/** y as a polynomial of x. */
export interface Polynomial {
  /** Of 1, x, x². `resolved` where the interval leaves out 0. */
  coefficients: Estimate[];
  /** Share of the variance that it explains. */
  rSquared: number;
}

/** A line, and a parabola beside it. */
export interface PolynomialFits {
  /** `null` for fewer than three different x. */
  linear: Polynomial | null;
  /** `null` for fewer than four different x. */
  quadratic: Polynomial | null;
  /** The parabola where its square is needed: where that coefficient's interval leaves out 0. */
  preferred: "linear" | "quadratic" | null;
}

/**
 * Fits both by least squares of what is left over in parts of y: a model that costs ten times as
 * much differs by ten times as much from what its size tells. `rSquared` is of these parts.
 *
 * @param points with y above 0
 */
export function fitPolynomials(points: readonly { x: number; y: number }[]): PolynomialFits {
  const different = new Set(points.map(({ x }) => x)).size;
  const y = points.map((point) => point.y);
  const worths = relativeWorths(y);
  const linear = different < 3 ? null : fitLeastSquares(points.map(({ x }) => [x]), y, worths);
  const quadratic = different < 4
    ? null
    : fitLeastSquares(points.map(({ x }) => [x, x * x]), y, worths);
  const [line, parabola] = [polynomialOf(linear), polynomialOf(quadratic)];
  const isCurved = parabola?.coefficients[2]?.resolved === true;
  return {
    linear: line,
    quadratic: parabola,
    preferred: isCurved ? "quadratic" : line && "linear",
  };
}

function polynomialOf(fit: Fit | null): Polynomial | null {
  return fit && { coefficients: fit.coefficients.map(estimateOfFit), rSquared: fit.rSquared };
}
