import type { FleetFigure } from "../../lib/fleet/mod.ts";
import type { Answer } from "./query.ts";

/** More runs than a fleet has; an answer beyond it says that there are more. */
export const MOST_RUNS = 1_000_000;

/** The columns of a figure, each with the SQL that makes it of the view `runs`. */
const COLUMNS: Record<keyof FleetFigure, string> = {
  runId: "run_id",
  host: "host",
  build: "build",
  startedAtMs: "started_at_ms",
  process: "concat(pid, '/', process_started_at_ms)",
  model: "model_name",
  modelHash: "model_hash",
  precision: "model_precision",
  engine: "engine",
  provider: "provider",
  batchSize: "batch_size",
  threads: "TRY_CAST(options->>'threads' AS INTEGER)",
  powerLabel: "power_label",
  powerKind: "power_kind",
  intervalMs: "interval_ms",
  // Answers of other lengths are decoded at other positions, which cost more.
  prompt: "concat(md5(prompt), '/', generated_tokens)",
  joulesPerToken: "joules_per_token",
};

/** All that reports read: whole runs whose findings do not make them invalid. */
export const FIGURES_SQL: string = `SELECT ${
  Object.entries(COLUMNS).map(([name, sql]) => `${sql} AS "${name}"`)
} FROM runs WHERE status = 'complete' AND NOT is_invalid AND joules_per_token > 0`;

/** The figures of an answer to that. */
export function figuresOf({ columns, rows }: Answer): FleetFigure[] {
  return rows.map((row) =>
    Object.fromEntries(columns.map((name, at) => [name, row[at]])) as unknown as FleetFigure
  );
}
