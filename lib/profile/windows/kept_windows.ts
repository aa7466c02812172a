import type { RederivedPower } from "../../power/mod.ts";
import type { ProfilingRun, RunHeader } from "../../record.ts";
import { type PowerReport, reportOf, type WindowRemains } from "./report.ts";

const VERSION = 1;

/** What windows were made of beside what a database holds row by row. */
export interface KeptWindows
  extends Pick<WindowRemains, "windows" | "before" | "after" | "info" | "latchMs" | "observed"> {
  kind: "windows";
  version: typeof VERSION;
}

/** Plain data of all that has no rows. */
export function keptWindows(remains: WindowRemains): KeptWindows {
  const { windows, before, after, info, latchMs, observed } = remains;
  return { kind: "windows", version: VERSION, windows, before, after, info, latchMs, observed };
}

/** Whether this is what was kept of windows once. */
export function isKeptWindows(evidence: object | null): evidence is KeptWindows {
  return evidence !== null && "kind" in evidence && evidence.kind === "windows" &&
    "version" in evidence && evidence.version === VERSION;
}

/** Reads kept windows again. */
export function summarizeKeptWindows(
  kept: KeptWindows,
  run: ProfilingRun & Pick<RunHeader, "startedAtMs" | "options">,
  power: RederivedPower,
): PowerReport {
  const { runId, model, prompt, startedAtMs, options } = run;
  return reportOf({
    ...kept,
    runId,
    status: run.status === "interrupted" ? "interrupted" : "complete",
    header: { model, prompt, startedAtMs, options, power: run.power },
    power,
  });
}
