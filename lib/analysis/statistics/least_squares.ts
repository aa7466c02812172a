import jstat from "jstat";
import { studentQuantile } from "./distributions.ts";
import { meanOf, sumOver } from "../../sample.ts";

const { inv } = (jstat as { jStat: { inv(matrix: number[][]): number[][] } }).jStat;

/** A fitted figure with its 95 % interval. */
export interface Fitted {
  /** The figure. */
  value: number;
  /** Lower end. */
  low: number;
  /** Upper end. */
  high: number;
}

/** What least squares make of points. */
export interface Fit {
  /** The constant first, then one for each column. */
  coefficients: Fitted[];
  /** Share of the variance that the fit explains; 1 where there was none. */
  rSquared: number;
  /** Standard deviation of what it leaves over. */
  residualDeviation: number;
  /** Points minus coefficients. */
  degrees: number;
  /** Where the mean lies there. */
  meanAt(row: readonly number[]): Fitted;
  /** Where the next point lies there. */
  nextAt(row: readonly number[]): Fitted;
}

/** Columns that others explain this far are not told apart from them. */
const LEAST_OWN_SHARE = 1e-9;

/**
 * Ordinary least squares with a constant, by the normal equations of standardised columns.
 *
 * @param rows one for each point, all of one length
 * @param worths what each point counts, as 1 ÷ its variance up to a factor; default: all alike. With
 * them, `residualDeviation` and `nextAt` are of a point that counts 1.
 * @returns `null` where the points leave no degree of freedom, or do not tell the columns apart
 */
export function fitLeastSquares(
  rows: readonly (readonly number[])[],
  y: readonly number[],
  worths: readonly number[] = y.map(() => 1),
): Fit | null {
  const count = y.length;
  const width = rows[0]?.length ?? 0;
  const degrees = count - width - 1;
  if (degrees < 1) return null;
  const columns = Array.from({ length: width }, (_, at) => rows.map((row) => row[at] ?? NaN));
  const centres = columns.map(meanOf);
  const scales = columns.map((column, at) =>
    Math.sqrt(sumOver(column, (x) => (x - centres[at]!) ** 2) / count)
  );
  if (scales.some((scale) => !(scale > 0))) return null;
  const standardised = (row: readonly number[]) =>
    row.map((x, at) => (x - centres[at]!) / scales[at]!);
  // Rows as long as they are worth make unweighted equations of weighted ones.
  const lengths = worths.map(Math.sqrt);
  const seen = y.map((value, point) => value * lengths[point]!);
  const at = (row: readonly number[]) => [1, ...standardised(row)];
  const design = rows.map((row, point) => at(row).map((x) => x * lengths[point]!));
  const inverse = inverseOf(design);
  if (inverse === null) return null;
  const right = inverse.map((_, at) => sumOver(design, (row, point) => row[at]! * seen[point]!));
  const weights = inverse.map((row) => dot(row, right));
  const residuals = design.map((row, point) => seen[point]! - dot(row, weights));
  const left = sumOver(residuals, (residual) => residual ** 2);
  const variance = left / degrees;
  const t = studentQuantile(0.975, degrees);
  const figure = (functional: readonly number[], own = 0): Fitted => {
    const spread = sumOver(inverse, (row, at) => dot(row, functional) * functional[at]!);
    const half = t * Math.sqrt(variance * (Math.max(0, spread) + own));
    const value = dot(functional, weights);
    return { value, low: value - half, high: value + half };
  };
  const worth = sumOver(worths, (one) => one);
  const meanY = sumOver(y, (value, point) => value * worths[point]!) / worth;
  const total = sumOver(y, (value, point) => worths[point]! * (value - meanY) ** 2);
  const slopes = scales.map((scale, own) =>
    figure([0, ...scales.map((_, other) => other === own ? 1 / scale : 0)])
  );
  return {
    coefficients: [figure(at(centres.map(() => 0))), ...slopes],
    rSquared: total > 0 ? 1 - left / total : 1,
    residualDeviation: Math.sqrt(variance),
    degrees,
    meanAt: (row) => figure(at(row)),
    nextAt: (row) => figure(at(row), 1),
  };
}

/** What points count whose errors are parts of them. */
export function relativeWorths(y: readonly number[]): number[] {
  return y.map((value) => 1 / value ** 2);
}

function inverseOf(design: readonly (readonly number[])[]): number[][] | null {
  const width = design[0]?.length ?? 0;
  const indices = Array.from({ length: width }, (_, index) => index);
  const normal = indices.map((i) =>
    indices.map((j) => sumOver(design, (row) => row[i]! * row[j]!))
  );
  if (width === 1) return [[1 / normal[0]![0]!]];
  const inverse = inv(normal);
  // The variance inflation of a column: how little of it is its own.
  const isClear = inverse.every((row, at) => 1 / (row[at]! * normal[at]![at]!) > LEAST_OWN_SHARE);
  return isClear ? inverse : null;
}

function dot(one: readonly number[], other: readonly number[]): number {
  return sumOver(one, (value, at) => value * other[at]!);
}
