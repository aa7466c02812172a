import type { ProfilingRun, RunInside } from "../../lib/record.ts";
import { efficiencyOf, type Electricity, type PrintedEfficiency } from "./efficiency_lines.ts";

/** A run without what a database holds row by row. */
export type PrintedRun = Omit<ProfilingRun, "trace" | "inside"> & {
  inside: Omit<RunInside, "cells" | "deep"> | null;
  efficiency: PrintedEfficiency;
};

/** What `--json` prints: one mean repetition, as docs/profile.schema.json describes it. */
export function runJson(run: ProfilingRun, electricity: Electricity = {}): PrintedRun {
  const { runId, status, model, prompt, response, power, findings, verdict } = run;
  const { runtime, measured, phases, sections, tokens, groups, totals, latency } = run;
  return {
    runId,
    status,
    model,
    prompt,
    response,
    runtime,
    power,
    findings,
    verdict,
    measured,
    phases,
    sections,
    tokens,
    groups,
    totals,
    latency,
    inside: run.inside && printedInside(run.inside),
    efficiency: efficiencyOf(run, electricity),
  };
}

function printedInside({ cells: _1, deep: _2, ...inside }: RunInside): PrintedRun["inside"] {
  return inside;
}
