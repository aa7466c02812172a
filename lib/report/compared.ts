/**
 * Runs held to the first of a report, figure by figure.
 *
 * @module
 */
import {
  compareRuns,
  type Comparison,
  COMPARISON_METRICS,
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

/** What the first figure says; else why there is none. */
export function verdictOf({ label, results, refusal }: Compared): string {
  return results[0]?.verdict ?? `${label}: ${refusal ?? "nothing to compare"}`;
}

/** The more runs a figure is compared for, the more often chance alone looks like a difference. */
export function correctedOf(compared: readonly Compared[]): Map<Comparison, number | null> {
  const all = compared.flatMap(({ results }) => results);
  const byMetric = Map.groupBy(all, ({ metric }) => metric);
  return new Map(
    [...byMetric.values()].flatMap((same) => {
      const corrected = holmCorrected(same.map(({ test }) => test.p));
      return same.map((one, at): [Comparison, number | null] => [one, corrected[at] ?? null]);
    }),
  );
}

/** All figures of one comparison. */
export function comparisonTable(
  results: readonly Comparison[],
  corrected: ReadonlyMap<Comparison, number | null>,
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
      const { metricName, unit, a, b, percent, floor, verdict } = result;
      return [
        metricName,
        unit,
        range(a.value),
        range(b.value),
        range(percent),
        cell(corrected.get(result)),
        cell(floor.percent),
        verdict,
      ];
    }),
  };
}
