/**
 * What a report is made of.
 *
 * @module
 */
import type { InsideRows } from "../charts/mod.ts";
import type { ProfilingRun } from "../record.ts";
import { noSuchRun, type RunReader, type StoredRun } from "../store/mod.ts";

/** What a database knows of a run beside its result. */
export type RunCircumstances = Pick<
  StoredRun,
  "startedAtMs" | "endedAtMs" | "reason" | "experiment" | "tags" | "options" | "host" | "details"
>;

/** A run to report on: what `profile()` returns, or what {@linkcode reportedRun} reads. */
export interface ReportedRun {
  /** The run; what a database knows of its circumstances is shown where it is there. */
  run: ProfilingRun & Partial<RunCircumstances>;
  /** What is inside its tokens, for a run that was read from a database. */
  rows?: InsideRows;
}

/**
 * Reads from a database all that a report shows of a run.
 *
 * @param id the run's id, an unambiguous beginning of it, `"last"` or `"last~1"`
 * @throws {InputError} If there is no such run.
 */
export function reportedRun(database: RunReader, id: string): ReportedRun {
  const run = database.getRun(id);
  if (run === null) throw noSuchRun(database, "report on", id, "the database");
  const { runId } = run;
  const rows = {
    layers: database.getLayerMetrics(runId),
    components: database.getComponentMetrics(runId),
    statistics: database.getDeepStatistics(runId),
    experts: database.getMoeExpertActivations(runId),
  };
  return { run, rows };
}
