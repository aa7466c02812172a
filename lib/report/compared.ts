/**
 * Runs held to the first of a report, figure by figure.
 *
 * @module
 */
import {
  compareRuns,
  type Comparison,
  COMPARISON_METRICS,
  correctedVerdict,
  holmCorrected,
} from "../analysis/mod.ts";
import { InputError } from "../errors.ts";
import { cell, type DataTable } from "./data_table.ts";
import type { ReportedRun } from "./reported_run.ts";

/** A run against the first: what was found, and why nothing was where that is so. */
export interface Compared {
  label: string;
  results: Comparison[];
  refusal: string | null;
}

/** Compares by every figure that both have. */
export function compareWith(
  first: ReportedRun,
  other: ReportedRun,
  labels: [string, string],
): Compared {
  const results: Comparison[] = [];
  let refusal: string | null = null;
  for (const metric of COMPARISON_METRICS) {
    try {
      results.push(compareRuns(first.run, other.run, { metric, labels }));
    } catch (error) {
      // Runs that cannot be compared by one figure may be by another.
      if (!(error instanceof InputError)) throw error;
      refusal ??= error.message;
    }
  }
  return { label: labels[1], results, refusal };
}

/** A comparison as one of several by the same figure. */
export interface Corrected {
  p: number | null;
  verdict: string;
}

/** What the first figure says; else why there is none. */
export function verdictOf(
  { label, results: [first], refusal }: Compared,
  corrected: ReadonlyMap<Comparison, Corrected>,
): string {
  return (first && corrected.get(first)?.verdict) ?? `${label}: ${refusal ?? "nothing to compare"}`;
}

/** The more runs a figure is compared for, the more often chance alone looks like a difference. */
export function correctedOf(compared: readonly Compared[]): Map<Comparison, Corrected> {
  const all = compared.flatMap(({ results }) => results);
  const byMetric = Map.groupBy(all, ({ metric }) => metric);
  return new Map(
    [...byMetric.values()].flatMap((same) => {
      const ps = holmCorrected(same.map(({ test }) => test.p));
      return same.map((one, at): [Comparison, Corrected] => {
        const p = ps[at] ?? null;
        return [one, { p, verdict: correctedVerdict(one, p, same.length) }];
      });
    }),
  );
}

/** All figures of one comparison. */
export function comparisonTable(
  results: readonly Comparison[],
  corrected: ReadonlyMap<Comparison, Corrected>,
): DataTable {
  const [first] = results;
  const range = ({ value, low, high }: Comparison["percent"]) =>
    low === null || high === null ? cell(value) : `${cell(value)} (${cell(low)} to ${cell(high)})`;
  return {
    caption: `${first?.b.label ?? ""} against ${first?.a.label ?? ""}`,
    columns: [
      "figure",
      "unit",
      first?.a.label ?? "",
      first?.b.label ?? "",
      "difference, %",
      "p (Holm)",
      "floor, %",
      "verdict",
    ],
    rows: results.map((result) => {
      const { metricName, unit, a, b, percent, floor } = result;
      return [
        metricName,
        unit,
        range(a.value),
        range(b.value),
        range(percent),
        cell(corrected.get(result)?.p),
        cell(floor.percent),
        corrected.get(result)?.verdict ?? result.verdict,
      ];
    }),
  };
}
