import type { RunStatus } from "../record.ts";
import { usedBytes } from "./prune.ts";
import type { DatabaseStats } from "./upkeep.ts";
import type { Sql } from "./sql.ts";

/** What a database holds, without scanning the rows of components. */
export function readStats(sql: Sql, abandoned: ReadonlySet<string>): DatabaseStats {
  const one = <Row>(query: string) => sql.get<Row>(query)!;
  const byStatus: Record<RunStatus, number> = {
    running: 0,
    complete: 0,
    interrupted: 0,
    failed: 0,
  };
  type Count = { status: RunStatus; n: number };
  for (
    const { status, n } of sql.all<Count>(
      "SELECT status, count(*) AS n FROM profiling_runs GROUP BY status",
    )
  ) byStatus[status] = n;
  byStatus.running -= abandoned.size;
  byStatus.interrupted += abandoned.size;
  const runs = one<{ runs: number; oldest: number | null; newest: number | null }>(
    `SELECT count(*) AS runs, min(started_at_ms) AS oldest, max(started_at_ms) AS newest
    FROM profiling_runs`,
  );
  const pages = one<{ bytes: number }>(
    "SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size",
  );
  const rows = one<{ tokens: number; samples: number; components: number; raw: number }>(
    `SELECT (SELECT count(*) FROM token_rows) AS tokens,
      (SELECT count(*) FROM power_sample_rows) AS samples,
      (SELECT coalesce(sum(tokens), 0) FROM layer_component_rows) AS components,
      (SELECT coalesce(sum(length(gzip)), 0) FROM raw_power) AS raw`,
  );
  return {
    schemaVersion: one<{ user_version: number }>("PRAGMA user_version").user_version,
    sqliteVersion: one<{ version: string }>("SELECT sqlite_version() AS version").version,
    fileBytes: pages.bytes,
    usedBytes: usedBytes(sql),
    runs: runs.runs,
    runsByStatus: byStatus,
    oldestMs: runs.oldest,
    newestMs: runs.newest,
    tokens: rows.tokens,
    powerSamples: rows.samples,
    componentRows: rows.components,
    rawPowerBytes: rows.raw,
    models: sql.all<{ name: string; runs: number }>(
      `SELECT model_name AS name, count(*) AS runs FROM profiling_runs
      GROUP BY model_name ORDER BY runs DESC, name`,
    ).map(({ name, runs }) => ({ name, runs })),
  };
}
