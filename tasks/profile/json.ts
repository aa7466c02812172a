import type { ProfilingRun } from "../../lib/record.ts";

/** What `--json` prints: one mean repetition, as docs/profile.schema.json describes it. */
export function runJson(run: ProfilingRun): Omit<ProfilingRun, "trace"> {
  const { runId, status, model, prompt, response, power, findings, verdict } = run;
  const { measured, phases, sections, tokens, groups, totals } = run;
  const inside = run.inside && { ...run.inside, cells: null, deep: null };
  return {
    runId,
    status,
    model,
    prompt,
    response,
    power,
    findings,
    verdict,
    measured,
    phases,
    sections,
    tokens,
    groups,
    totals,
    inside,
  };
}
