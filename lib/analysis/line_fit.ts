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
  const t = student975(Math.max(1, Math.floor(worth) - 2));
  return {
    slope,
    slopeError: t * Math.sqrt(inflated / spread),
    intercept,
    interceptError: t * Math.sqrt(inflated * (1 / weight + meanX ** 2 / spread)),
  };
}

/** How many independent residuals these are worth. */
function worthOf(residuals: readonly number[]): number {
  const count = residuals.length;
  const square = sumOver(residuals, (residual) => residual * residual);
  const products = residuals.slice(1).map((residual, at) => residual * (residuals[at] ?? 0));
  if (square === 0) return count;
  // Residuals of a fitted line look less alike than they are, by about (2 + 4 r) ÷ n.
  const seen = sumOver(products, (product) => product) / square;
  const likeness = Math.min(0.95, Math.max(0, seen + (2 + 4 * Math.max(0, seen)) / count));
  return seen > 0 ? count * (1 - likeness) / (1 + likeness) : count;
}

/** 97.5 % point of the normal distribution. */
const Z = 1.959963984540054;

/** 97.5 % point of Student's t: exact for 1 and 2 degrees of freedom, within 0.2 % for more. */
export function student975(degrees: number): number {
  if (degrees === 1) return Math.tan(Math.PI * 0.475);
  if (degrees === 2) return 0.95 * Math.sqrt(2 / (4 * 0.975 * 0.025));
  // Abramowitz and Stegun, 26.7.5.
  const terms = [
    Z,
    (Z ** 3 + Z) / 4,
    (5 * Z ** 5 + 16 * Z ** 3 + 3 * Z) / 96,
    (3 * Z ** 7 + 19 * Z ** 5 + 17 * Z ** 3 - 15 * Z) / 384,
    (79 * Z ** 9 + 776 * Z ** 7 + 1482 * Z ** 5 - 1920 * Z ** 3 - 945 * Z) / 92160,
  ];
  return terms.reduce((sum, term, power) => sum + term / degrees ** power, 0);
}

function sumOver<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((sum, value) => sum + of(value), 0);
}
