import type { Phase, ProfilingRun, RunHeader, RunOutcome, StoredSection } from "../record.ts";
import type { Sql } from "./sql.ts";
import { thisHost } from "./host.ts";
import { detailColumns } from "./detail_columns.ts";
import { headerColumns, meanRepetitionJson, resultColumns, type RunRow } from "./run_columns.ts";
import { writeSummary } from "./layer_summary.ts";
import { packEvidence, writeEvidence } from "./evidence.ts";
import { figuresOf } from "./figures.ts";
import { readSamples } from "./read_rows.ts";
import { gitCommit, TOOL_VERSION } from "./provenance.ts";
import { type RunOrigin, writeSamples, writeSections, writeTokens } from "./write_rows.ts";

/** Writes the row of a run that begins. */
export function writeHeader(sql: Sql, runId: string, header: RunHeader): void {
  sql.insert("profiling_runs", {
    run_id: runId,
    status: "running",
    tool_version: TOOL_VERSION,
    git_commit: gitCommit(),
    ...headerColumns(header, thisHost()),
  });
}

/** Writes how a run ended; its result's trace takes the place of what was written live. */
export function writeOutcome(sql: Sql, run: RunOrigin, outcome: RunOutcome, atMs: number): void {
  const { status, reason = null, result, details = {}, evidence } = outcome;
  if (result) writeResult(sql, run, result);
  update(sql, run, { status, reason, ended_at_ms: atMs, ...detailColumns(details) });
  if (evidence) writeEvidence(sql, run.key, packEvidence(evidence));
  writeSummary(sql, run.key);
}

/** Writes a result in the place of what was written live, or of an older result. */
export function writeResult(sql: Sql, run: RunOrigin, result: ProfilingRun): void {
  writeTrace(sql, run, result);
  // As they will be read back: a copy of the run has the same figures, bit for bit.
  const samples = readSamples(sql, run, result.power.rails);
  update(
    sql,
    run,
    resultColumns(result, figuresOf({ ...result, trace: { ...result.trace, samples } })),
  );
  sql.run(
    `INSERT INTO mean_repetitions (run, json) VALUES (?, ?)
    ON CONFLICT (run) DO UPDATE SET json = excluded.json`,
    run.key,
    meanRepetitionJson(result),
  );
}

/** Writes samples, the timeline of phases, and tokens. */
export function writeTrace(
  sql: Sql,
  run: RunOrigin,
  { trace }: Pick<ProfilingRun, "trace">,
): void {
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
