import { InputError } from "../errors.ts";
import { findRun } from "./run_id.ts";
import { forgetLock } from "./run_lock.ts";
import type { Sql } from "./sql.ts";

/** Deletes a run with all its rows; false where there is none. One that goes on is refused. */
export function deleteRun(
  sql: Sql,
  file: string | null,
  reference: string,
  abandoned: ReadonlySet<string>,
): boolean {
  const run = findRun(sql, reference);
  if (!run) return false;
  if (run.status === "running" && !abandoned.has(run.runId)) {
    throw new InputError(`Cannot delete the run ${run.runId}: it is still running`, {
      remedy: "stop it first",
    });
  }
  sql.transaction(() => sql.run("DELETE FROM profiling_runs WHERE id = ?", run.key));
  if (file !== null) forgetLock(file, run.runId);
  return true;
}
