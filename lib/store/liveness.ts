import type { Sql } from "./sql.ts";
import type { RunRow } from "./run_columns.ts";
import { forgetLock, isHeld } from "./run_lock.ts";
import { writeSummary } from "./layer_summary.ts";

/** The runs that are marked as running, and nobody writes any more. */
export function abandonedRuns(sql: Sql, file: string | null): Set<string> {
  // In memory there is no other process whose run this could be.
  if (file === null) return new Set();
  const running = sql.all<{ run_id: string }>(
    "SELECT run_id FROM profiling_runs WHERE status = 'running'",
  );
  return new Set(running.map((run) => run.run_id).filter((runId) => !isHeld(file, runId)));
}

/** The row as it reads: `running` is `interrupted` once its process is gone. */
export function asItIs(row: RunRow, abandoned: ReadonlySet<string>): RunRow {
  if (row.status !== "running" || !abandoned.has(row.run_id as string)) return row;
  return { ...row, status: "interrupted", reason: abandonment(row.pid as number) };
}

/** Writes down what `asItIs` says, so that plain SQL reads the same. */
export function settleAbandonedRuns(sql: Sql, file: string | null): void {
  const abandoned = abandonedRuns(sql, file);
  if (file === null || abandoned.size === 0) return;
  sql.transaction(() => {
    for (const runId of abandoned) {
      const row = sql.get<{ id: number; pid: number }>(
        "SELECT id, pid FROM profiling_runs WHERE run_id = ? AND status = 'running'",
        runId,
      );
      if (row) interrupt(sql, row.id, abandonment(row.pid));
    }
  });
  for (const runId of abandoned) forgetLock(file, runId);
}

/** Ends a run that has no result; its end is its last token or section, not the time of finding out. */
export function interrupt(sql: Sql, run: number, reason: string): void {
  sql.run(
    `UPDATE profiling_runs SET status = 'interrupted', reason = ?, ended_at_ms = started_at_ms + (
      SELECT max(end_ns) / 1e6 FROM (
        SELECT start_ns + duration_ns AS end_ns FROM token_rows WHERE run = ?
        UNION ALL SELECT start_ns + duration_ns FROM pipeline_section_rows WHERE run = ?))
    WHERE id = ?`,
    reason,
    run,
    run,
    run,
  );
  writeSummary(sql, run);
}

function abandonment(pid: number): string {
  return `process ${pid} ended without finishing the run`;
}
