import { formatMj, formatMs, formatMw } from "../../lib/quantities.ts";
import type { ProfilingRun } from "../../lib/record.ts";
import { visibleText } from "../../lib/safe_text.ts";
import { bold, tableLines } from "../frame/mod.ts";
import { findingLine } from "../profile/summary.ts";

/** Whether a run is of windows around any code, which has no model and no answer. */
export function isOfCode({ model, tokens }: ProfilingRun): boolean {
  return model.family === "none" && tokens.length === 0;
}

/** What was measured in its windows; how sure that is says the verdict. */
export function windowLines({ trace, totals, findings, verdict }: ProfilingRun): string[] {
  const windows = trace.phases.filter(({ name }) => name !== "baseline");
  return [
    ...tableLines(
      [
        { title: "window" },
        { title: "time", right: true },
        { title: "energy", right: true },
        { title: "mean power", right: true },
      ],
      windows.map(({ name, startMs, endMs, energyMj }) => [
        visibleText(name).replaceAll("\n", " "),
        formatMs(endMs - startMs),
        formatMj(energyMj),
        formatMw(
          energyMj === null || endMs <= startMs ? null : energyMj / (endMs - startMs) * 1000,
        ),
      ]),
    ),
    "",
    `${bold("Power")}  peak ${formatMw(totals.peakMw)}, baseline ${formatMw(totals.baselineMw)}`,
    "",
    ...findings.map(findingLine),
    `${bold("Verdict")}  ${visibleText(verdict)}`,
  ];
}
