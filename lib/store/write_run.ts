import type { Phase, ProfilingRun, RunHeader, RunOutcome, StoredSection } from "../record.ts";
import type { Sql } from "./connection.ts";
import { thisHost } from "./host.ts";
import { headerColumns, resultColumns, type RunRow } from "./run_columns.ts";
import { writeSummary } from "./write_metrics.ts";
import { type RunOrigin, writeSamples, writeSections, writeTokens } from "./write_rows.ts";

/** Writes the row of a run that begins. */
export function writeHeader(sql: Sql, runId: string, header: RunHeader): void {
  sql.insert("profiling_runs", {
    run_id: runId,
    status: "running",
    ...headerColumns(header, thisHost()),
  });
}

/** Writes how a run ended; its result's trace takes the place of what was written live. */
export function writeOutcome(sql: Sql, run: RunOrigin, outcome: RunOutcome, atMs: number): void {
  const { status, reason = null, result } = outcome;
  if (result) writeTrace(sql, run, result);
  const columns = result ? resultColumns(result) : {};
  update(sql, run, { status, reason, ended_at_ms: atMs, ...columns });
  writeSummary(sql, run.key);
}

function writeTrace(sql: Sql, run: RunOrigin, { trace }: ProfilingRun): void {
  writeSamples(sql, run, trace.samples, true);
  sql.run("DELETE FROM pipeline_section_rows WHERE run = ? AND is_phase = 1", run.key);
  const phases = trace.phases.map((phase): StoredSection => ({
    ...phase,
    phase: phaseOf(phase.name),
  }));
  writeSections(sql, run, phases, true);
  writeTokens(sql, run, trace.tokens);
}

/** Load, warm-up and the like are not phases of an answer: they come before it, or are idle. */
function phaseOf(name: string): Phase {
  switch (name) {
    case "prefill":
    case "decode":
    case "post_inference":
    case "idle":
      return name;
    default:
      return name.startsWith("baseline") ? "idle" : "pre_inference";
  }
}

function update(sql: Sql, run: RunOrigin, values: RunRow): void {
  const assignments = Object.keys(values).map((column) => `${column} = ?`).join(", ");
  const update = `UPDATE profiling_runs SET ${assignments} WHERE id = ?`;
  sql.run(update, ...Object.values(values), run.key);
}
