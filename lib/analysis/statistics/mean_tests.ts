/**
 * Whether the mean of differences is 0, and between which ends it lies.
 *
 * @module
 */
import { studentP, studentQuantile } from "./distributions.ts";
import { meanOf, varianceOf } from "../../sample.ts";
import { rankSumP, signedRankP, signFlipP } from "./exact_tests.ts";

/** How a p-value is got. `rank`: Wilcoxon's signed ranks, or Mann and Whitney's rank sum. */
export type TestKind = "student" | "permutation" | "rank";

/** A mean difference with its 95 % interval and its test. */
export interface MeanTest {
  /** Mean difference. */
  mean: number;
  /** Standard error of the mean; NaN where one value says nothing of it. */
  standardError: number;
  /** Of Student's t, by which the interval is made. */
  degrees: number;
  /** Lower end of the 95 % interval; −Infinity where nothing bounds it. */
  low: number;
  /** Upper end. */
  high: number;
  /** Which test the p-value is of, as people name it. */
  test: string;
  /** How often differences like these come about where there is none. */
  p: number | null;
}

/** Exact tests count every way to deal the signs: 2²⁰ of them take some 10 ms. */
const MOST_EXACT = 20;

/** Tests whether paired differences have a mean of 0. */
export function testPaired(differences: readonly number[], kind: TestKind = "student"): MeanTest {
  const count = differences.length;
  const standardError = Math.sqrt(varianceOf(differences) / count);
  const student = studentTest(meanOf(differences), standardError, count - 1);
  if (kind === "student" || count > MOST_EXACT) return { ...student, test: "paired t" };
  const flip = kind === "permutation";
  return {
    ...student,
    test: flip ? "paired permutation" : "Wilcoxon signed-rank",
    p: flip ? signFlipP(differences) : signedRankP(differences),
  };
}

/** Tests whether two independent samples have one mean (Welch, Biometrika 34, 1947). */
export function testUnpaired(
  a: readonly number[],
  b: readonly number[],
  kind: TestKind = "student",
): MeanTest {
  const [errorA, errorB] = [varianceOf(a) / a.length, varianceOf(b) / b.length];
  const variance = errorA + errorB;
  const degrees = variance === 0
    ? a.length + b.length - 2
    : variance ** 2 / (errorA ** 2 / (a.length - 1) + errorB ** 2 / (b.length - 1));
  const student = studentTest(meanOf(b) - meanOf(a), Math.sqrt(variance), degrees);
  if (kind === "student" || a.length + b.length > MOST_EXACT) {
    return { ...student, test: "Welch's t" };
  }
  const ranks = kind === "rank";
  const test = ranks ? "Mann–Whitney rank-sum" : "permutation";
  return { ...student, test, p: rankSumP(a, b, ranks) };
}

function studentTest(mean: number, standardError: number, degrees: number): Omit<MeanTest, "test"> {
  if (!(degrees > 0) || Number.isNaN(standardError)) {
    return { mean, standardError: NaN, degrees: 0, low: -Infinity, high: Infinity, p: null };
  }
  const half = studentQuantile(0.975, degrees) * standardError;
  const p = standardError === 0 && mean === 0 ? 1 : studentP(mean / standardError, degrees);
  return { mean, standardError, degrees, low: mean - half, high: mean + half, p };
}
