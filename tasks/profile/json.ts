import type { ProfilingRun } from "../../lib/record.ts";

/** What `--json` prints: one mean repetition, as docs/profile.schema.json describes it. */
export function runJson(run: ProfilingRun): Omit<ProfilingRun, "trace"> {
  const { trace: _trace, ...printed } = run;
  return printed;
}
