import {
  type AcceptedDifference,
  compareRuns,
  type Comparison,
  type ComparisonMetric,
} from "../compare/mod.ts";
import type { RunRecord } from "../run_record.ts";
import { studentQuantile } from "../statistics/mod.ts";
import { oneSided, outcomeOf } from "./one_sided.ts";
import { type BudgetResult, report, type WhenInconclusive } from "./report.ts";

/** Options of {@link assertNoRegression}. */
export interface RegressionOptions {
  /** What must not get worse. Default `joulesPerToken`. */
  metric?: ComparisonMetric;
  /** How much worse it may be, as a part: 0.05 allows 5 %. Default 0.05. */
  tolerance?: number;
  /** How sure the answer must be, either way. Default 0.95. */
  confidence?: number;
  /** Where the data cannot decide: `console.warn`, an error, nothing. Default `warn`. */
  inconclusive?: WhenInconclusive;
  /** Differences from the baseline that are meant to be there; others are refused. */
  accept?: readonly AcceptedDifference[];
}

/** What a check against a baseline came to; its figures are ratios to the baseline. */
export interface RegressionResult extends BudgetResult {
  /** What was compared. */
  comparison: Comparison;
}

/**
 * Fails when runs are surely worse than their baseline by more than the tolerance.
 *
 * They are compared as `compareRuns` does. What cannot be decided is reported and does not fail,
 * unless `inconclusive` says so: five processes an arm decide more than one run does.
 *
 * @throws {AssertionError} if the ratio is beyond 1 + tolerance with the asked confidence
 * @throws {InputError} if machines or sources differ, or a side was not measured
 * @throws {RangeError} if the tolerance is negative, or the confidence not between 0.5 and 1
 *
 * @example
 * ```ts
 * import { assertNoRegression, ProfileDatabase } from "@tokenwatt/tokenwatt";
 *
 * function testRelease(database: ProfileDatabase): void {
 *   const [now, before] = ["main", "v1.0"].map((tag) => database.getRuns({ tag }));
 *   assertNoRegression(now!, before!, { tolerance: 0.05 });
 * }
 * console.log(typeof testRelease);
 * ```
 */
export function assertNoRegression(
  run: RunRecord | readonly RunRecord[],
  baseline: RunRecord | readonly RunRecord[],
  options: RegressionOptions = {},
): RegressionResult {
  const { metric = "joulesPerToken", tolerance = 0.05, confidence = 0.95, accept = [] } = options;
  if (!(tolerance >= 0 && Number.isFinite(tolerance) && confidence > 0.5 && confidence < 1)) {
    throw new RangeError(
      `Cannot allow a tolerance of ${tolerance} at a confidence of ${confidence}; pass 0 or more, ` +
        "and between 0.5 and 1",
    );
  }
  const labels = ["the baseline", "this"] as const;
  const comparison = compareRuns(baseline, run, { metric, accept, labels });
  const { ratio, metricName, scope } = comparison;
  // Of a rate, less is worse: what is held to the limit is the inverse.
  const sign = metric === "tokensPerSecond" ? -1 : 1;
  const value = ratio.value ** sign;
  const ends = endsOf(comparison, sign * Math.log(ratio.value), confidence);
  const isKnown = Number.isFinite(ends.high);
  const outcome = outcomeOf(ends, 1 + tolerance);
  const percent = (ratio: number) => {
    const much = 100 * (ratio - 1);
    return `${much < 0 ? "−" : "+"}${Number(Math.abs(much).toPrecision(3))}`;
  };
  const said =
    { met: "No regression", exceeded: "Regression", inconclusive: "Inconclusive" }[outcome];
  const worse = metric === "tokensPerSecond" ? `time by token (from ${metricName})` : metricName;
  const range = isKnown ? `${percent(ends.low)} to ${percent(ends.high)} %` : "no interval";
  const result: RegressionResult = {
    outcome,
    value,
    low: isKnown ? ends.low : null,
    high: isKnown ? ends.high : null,
    max: 1 + tolerance,
    message: `${said}: ${worse} changed by ${percent(value)} % (${range} at ` +
      `${100 * confidence} %), ${percent(1 + tolerance)} % is allowed` +
      (scope === "process" ? "; this process only" : ""),
    comparison,
  };
  report(result, options.inconclusive ?? "warn");
  return result;
}

function endsOf(
  { ratio: { low, high }, test: { degrees, p } }: Comparison,
  mean: number,
  confidence: number,
): { low: number; high: number } {
  if (low === null || high === null) return { low: 0, high: Infinity };
  // Hard limits, which have no p-value: no confidence makes them closer.
  if (p === null) return { low, high };
  const error = Math.log(high / low) / 2 / studentQuantile(0.975, degrees);
  return oneSided({ mean, error, degrees }, confidence);
}
