/**
 * One figure of many runs that are alike.
 *
 * @module
 */
import { RESOLVED_HALF_INTERVAL } from "../../energy/mod.ts";
import type { Estimate } from "../estimate.ts";
import { processOf, type RunRecord } from "../run_record.ts";
import { meanOf, testPaired } from "../statistics/mod.ts";
import { type ComparisonMetric, nameOf, observe } from "./metric.ts";

/** Below so many processes an arm says nothing of the next process. */
export const LEAST_PROCESSES = 5;

/** A figure of several runs. */
export interface Figure extends Estimate {
  /** Runs that have it. */
  runs: number;
  /** Processes that they came from; `null` where that is not known. */
  processes: number | null;
}

/**
 * Geometric mean of a figure over runs, with the 95 % interval of their processes: of the runs
 * where there is one process, of the run itself where it is one. `null` where no run has it.
 */
export function figureOf(runs: readonly RunRecord[], metric: ComparisonMetric): Figure | null {
  const { isEnergy } = nameOf(metric);
  const found = runs.flatMap((run) => {
    const isInvalid = isEnergy && run.findings.some(({ severity }) => severity === "invalid");
    const observed = isInvalid ? null : observe(run, metric);
    return observed === null ? [] : [{ run, observed }];
  });
  const first = found[0];
  if (!first) return null;
  const byProcess = Map.groupBy(found, ({ run }) => processOf(run));
  const units = byProcess.size > 1 && !byProcess.has(null)
    ? [...byProcess.values()]
    : found.map((one) => [one]);
  const { mean, low, high } = testPaired(
    units.map((unit) => meanOf(unit.map(({ observed }) => Math.log(observed.value)))),
  );
  const half = units.length > 1 ? (high - low) / 2 : 1.96 * (first.observed.error ?? Infinity);
  const isKnown = Number.isFinite(half);
  const end = (log: number) => isKnown ? Math.exp(log) : null;
  const own = found.length === 1 ? first.observed : null;
  const isSeen = !isEnergy || found.every(({ run }) => run.power.kind !== "estimated");
  return {
    value: Math.exp(mean),
    low: own ? own.low : end(mean - half),
    high: own ? own.high : end(mean + half),
    resolved: isSeen && half <= RESOLVED_HALF_INTERVAL,
    runs: found.length,
    processes: byProcess.has(null) ? null : byProcess.size,
  };
}

/** Runs that have a figure and are not invalid. */
export function having(runs: readonly RunRecord[], metric: ComparisonMetric): RunRecord[] {
  return runs.filter((run) => figureOf([run], metric) !== null);
}
