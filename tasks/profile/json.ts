import type { ProfilingRun, RunInside } from "../../lib/record.ts";

/** A run without what a database holds row by row. */
export type PrintedRun = Omit<ProfilingRun, "trace" | "inside"> & {
  inside: Omit<RunInside, "cells" | "deep"> | null;
};

/** What `--json` prints: one mean repetition, as docs/profile.schema.json describes it. */
export function runJson(run: ProfilingRun): PrintedRun {
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
  };
}

function printedInside({ cells: _1, deep: _2, ...inside }: RunInside): PrintedRun["inside"] {
  return inside;
}
