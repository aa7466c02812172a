/**
 * Runs of windows around any code, which have no model and no answer.
 *
 * @module
 */
import { formatMj, formatMs, formatMw } from "../quantities.ts";
import { type DataTable, tableHtml } from "./data_table.ts";
import type { ReportedRun } from "./reported_run.ts";

/** Whether a run is of windows around code. */
export function isOfCode({ run }: ReportedRun): boolean {
  return run.model.family === "none" && run.tokens.length === 0;
}

/** What was measured in the windows; how sure that is says the verdict. */
export function windowsHtml({ run }: ReportedRun): string {
  const table: DataTable = {
    caption: "Windows",
    columns: ["window", "time", "energy", "mean power"],
    rows: run.trace.phases.map(({ name, startMs, endMs, energyMj }) => [
      name,
      formatMs(endMs - startMs),
      formatMj(energyMj),
      formatMw(energyMj === null || endMs <= startMs ? null : energyMj / (endMs - startMs) * 1e3),
    ]),
  };
  return `<div class="card">${tableHtml(table)}</div>`;
}
