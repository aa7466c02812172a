import {
  type ComparisonMetric,
  type Figure,
  figureOf,
  having,
  LEAST_PROCESSES,
  nameOf,
  observe,
} from "../compare/mod.ts";
import type { RunRecord } from "../run_record.ts";
import { studentQuantile } from "../statistics/mod.ts";
import { type KnownLog, oneSided, outcomeOf } from "./one_sided.ts";
import { type BudgetResult, report, type WhenInconclusive } from "./report.ts";

/** What a figure may be at most. */
export interface EnergyLimit {
  /** In the figure's unit: J for `joulesPerToken`, mJ for `energyMj`. */
  max: number;
  /** How sure the answer must be, either way. Default 0.95. */
  confidence?: number;
}

/** Limits by figure; `tokensPerSecond` has none, as more of it is better. */
export type EnergyLimits = {
  [Metric in Exclude<ComparisonMetric, "tokensPerSecond">]?: EnergyLimit;
};

/** Options of {@link assertEnergy}. */
export interface BudgetOptions {
  /** Where the data cannot decide: `console.warn`, an error, nothing. Default `warn`. */
  inconclusive?: WhenInconclusive;
}

/**
 * Fails when a run, or all of them together, surely takes more than its budget.
 *
 * Several processes make the interval hold for the machine; one run's own interval holds for it
 * alone. What cannot be decided is reported and does not fail, unless `inconclusive` says so.
 *
 * @throws {AssertionError} if a figure is above its limit with the asked confidence
 * @throws {RangeError} if a limit is no number above 0, or a confidence not between 0.5 and 1
 *
 * @example
 * ```ts
 * import { assertEnergy, type RunRecord } from "@tokenwatt/tokenwatt";
 *
 * function testBudget(runs: RunRecord[]): void {
 *   assertEnergy(runs, { joulesPerToken: { max: 0.5, confidence: 0.95 } });
 * }
 * console.log(typeof testBudget);
 * ```
 */
export function assertEnergy(
  run: RunRecord | readonly RunRecord[],
  limits: EnergyLimits,
  options: BudgetOptions = {},
): BudgetResult[] {
  const runs = [run].flat();
  const results = Object.entries(limits).flatMap(([metric, limit]) =>
    limit ? [checkLimit(runs, metric as ComparisonMetric, limit)] : []
  );
  for (const result of results) report(result, options.inconclusive ?? "warn");
  return results;
}

function checkLimit(
  runs: readonly RunRecord[],
  metric: ComparisonMetric,
  { max, confidence = 0.95 }: EnergyLimit,
): BudgetResult {
  checkNumbers(metric, max, confidence);
  const { words, unit } = nameOf(metric);
  const figure = figureOf(runs, metric);
  if (figure === null) {
    const message = `Inconclusive: ${words} was not measured in ${runs.length} runs`;
    return { outcome: "inconclusive", value: null, low: null, high: null, max, message };
  }
  const ends = endsOf(runs, metric, figure, confidence);
  const outcome = outcomeOf(ends, max);
  const said = {
    met: "Within budget",
    exceeded: "Energy budget exceeded",
    inconclusive: "Inconclusive",
  }[outcome];
  const digits = (value: number) => `${Number(value.toPrecision(3))}`;
  const isKnown = Number.isFinite(ends.high);
  const range = isKnown ? `${digits(ends.low)} to ${digits(ends.high)}` : "no interval";
  const scope = (figure.processes ?? 1) < LEAST_PROCESSES ? "; this process only" : "";
  return {
    outcome,
    value: figure.value,
    low: isKnown ? ends.low : null,
    high: isKnown ? ends.high : null,
    max,
    message: `${said}: ${words} is ${digits(figure.value)} ${unit} (${range} at ` +
      `${100 * confidence} %), the budget ${digits(max)} ${unit}${scope}`,
  };
}

function endsOf(
  runs: readonly RunRecord[],
  metric: ComparisonMetric,
  figure: Figure,
  confidence: number,
): { low: number; high: number } {
  const observed = having(runs, metric).flatMap((run) => observe(run, metric) ?? []);
  // Hard limits: no confidence makes them closer.
  return observed.some(({ isHard }) => isHard)
    ? {
      low: Math.min(...observed.map(({ low }) => low ?? 0)),
      high: Math.max(...observed.map(({ high }) => high ?? Infinity)),
    }
    : oneSided(knownLog(figure), confidence);
}

function knownLog(
  { value, low, high, runs: count, processes }: Figure,
): KnownLog {
  const mean = Math.log(value);
  if (low === null || high === null) return { mean, error: Infinity, degrees: 0 };
  const half = Math.log(high / low) / 2;
  if (count === 1) return { mean, error: half / 1.96, degrees: 1e6 };
  const units = processes !== null && processes > 1 ? processes : count;
  return { mean, error: half / studentQuantile(0.975, units - 1), degrees: units - 1 };
}

function checkNumbers(metric: string, max: number, confidence: number): void {
  if (max > 0 && Number.isFinite(max) && confidence > 0.5 && confidence < 1) return;
  throw new RangeError(
    `Cannot hold ${metric} to ${max} at a confidence of ${confidence}; pass a limit above 0 and a ` +
      "confidence between 0.5 and 1",
  );
}
