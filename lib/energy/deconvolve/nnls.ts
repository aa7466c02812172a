import type { NormalEquations } from "./normal_equations.ts";

/** Sweeps after which what is left to gain is far below the error of any record. */
const MOST_SWEEPS = 200;
/** A sweep that moves nothing by more than this part of the largest value is the last. */
const STILL = 1e-9;

/**
 * Regularised least squares without negative values: the minimum of xᵀNx − 2xᵀb + Σ λᵢ(xᵢ − mᵢ)²
 * over x ≥ 0.
 *
 * The unconstrained minimum is the answer as a rule, as machines draw power all the time. Where it
 * is not, one value after the other is set to its own minimum, from there on: Franc, Hlaváč and
 * Navara, Sequential coordinate-wise algorithm for the non-negative least squares problem, CAIP 2005.
 *
 * @param weights λ, above 0
 * @param towards m
 */
export function nonNegative(
  matrix: NormalEquations,
  right: Float64Array,
  weights: Float64Array,
  towards: Float64Array,
): Float64Array {
  const target = right.map((value, i) => value + weights[i]! * towards[i]!);
  const values = matrix.factor(weights).solve(target);
  if (values.every((value) => value >= 0)) return values;
  for (let i = 0; i < values.length; i++) values[i] = Math.max(0, values[i]!);
  const gradient = matrix.times(values);
  for (let i = 0; i < values.length; i++) {
    gradient[i]! += weights[i]! * values[i]! - target[i]!;
  }
  const largest = values.reduce((most, value) => Math.max(most, value), 0);
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let moved = 0;
    for (let i = 0; i < values.length; i++) {
      const weight = weights[i]!;
      const own = values[i]!;
      const next = Math.max(0, own - gradient[i]! / (matrix.diagonal(i) + weight));
      const step = next - own;
      if (step === 0) continue;
      values[i] = next;
      matrix.addColumn(i, step, gradient);
      gradient[i]! += weight * step;
      moved = Math.max(moved, Math.abs(step));
    }
    if (moved <= STILL * largest) break;
  }
  return values;
}
