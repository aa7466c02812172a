import jstat from "jstat";
import { sumOver } from "../statistics/mod.ts";

const { inv } = (jstat as { jStat: { inv(matrix: number[][]): number[][] } }).jStat;

/** Two columns that are this alike carry one figure. */
const LEAST_OWN_SHARE = 1e-9;

/**
 * Least squares with coefficients that are 0 or more: the best of all choices of columns whose own
 * solution is. With the three that costs have, these are seven.
 *
 * @returns one coefficient a column, all 0 where nothing fits
 */
export function fitNonNegative(
  rows: readonly (readonly number[])[],
  y: readonly number[],
): number[] {
  const width = rows[0]?.length ?? 0;
  let best = { left: Infinity, coefficients: Array<number>(width).fill(0) };
  for (let choice = 1; choice < 2 ** width; choice++) {
    const columns = Array.from({ length: width }, (_, at) => at).filter((at) => choice >> at & 1);
    const solved = solve(rows.map((row) => columns.map((at) => row[at]!)), y);
    if (solved === null || solved.some((value) => value < 0)) continue;
    const coefficients = Array<number>(width).fill(0);
    columns.forEach((column, at) => coefficients[column] = solved[at]!);
    const left = sumOver(rows, (row, point) => (y[point]! - dot(row, coefficients)) ** 2);
    // More columns never fit worse: they must be worth it beyond rounding.
    if (left < best.left * (1 - 1e-12)) best = { left, coefficients };
  }
  return best.coefficients;
}

/** A row times its coefficients. */
export function dot(row: readonly number[], coefficients: readonly number[]): number {
  return sumOver(row, (value, at) => value * coefficients[at]!);
}

function solve(rows: readonly (readonly number[])[], y: readonly number[]): number[] | null {
  const width = rows[0]!.length;
  const scales = rows[0]!.map((_, at) => Math.sqrt(sumOver(rows, (row) => row[at]! ** 2)));
  if (scales.some((scale) => !(scale > 0)) || rows.length < width) return null;
  const unit = rows.map((row) => row.map((value, at) => value / scales[at]!));
  const normal = scales.map((_, i) =>
    scales.map((_, j) => sumOver(unit, (row) => row[i]! * row[j]!))
  );
  const inverse = width === 1 ? [[1 / normal[0]![0]!]] : inv(normal);
  if (!inverse.every((row, at) => 1 / row[at]! > LEAST_OWN_SHARE)) return null;
  const right = scales.map((_, at) => sumOver(unit, (row, point) => row[at]! * y[point]!));
  return inverse.map((row, at) => dot(row, right) / scales[at]!);
}
