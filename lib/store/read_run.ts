import type { ProfilingRun } from "../record.ts";
import type { SqliteValue } from "./connection.ts";
import type { Sql } from "./sql.ts";
import { asItIs } from "./liveness.ts";
import { partialResult } from "./partial_run.ts";
import { readSummary } from "./read_metrics.ts";
import { readTrace } from "./read_rows.ts";
import type { RunFilter, RunListing, RunSummary, StoredRun } from "./rows.ts";
import { LISTING_COLUMNS, listingOf, type RunRow } from "./run_columns.ts";
import { searchExpression } from "./search.ts";

type Parts = Pick<ProfilingRun, "phases" | "sections" | "tokens" | "groups">;
type Abandoned = ReadonlySet<string>;

/** A whole run. */
export function readRun(sql: Sql, key: number, abandoned: Abandoned): StoredRun {
  const row = sql.get<RunRow>("SELECT * FROM profiling_runs WHERE id = ?", key)!;
  const listing = listingOf(asItIs(row, abandoned));
  const origin = { key, startedAtMs: listing.startedAtMs };
  const trace = readTrace(sql, origin, listing.power.rails);
  const parts = meanRepetition(sql, key);
  const { measured, totals } = listing;
  if (parts && measured && totals) return { ...listing, ...parts, measured, totals, trace };
  const verdict = listing.verdict || `No result: ${listing.reason ?? "the run is still going on"}.`;
  return { ...listing, ...partialResult(trace), verdict, trace };
}

/** The figures of a run, from its row and the kept summary alone. */
export function readRunSummary(sql: Sql, key: number, abandoned: Abandoned): RunSummary {
  const row = sql.get<RunRow>("SELECT * FROM profiling_runs WHERE id = ?", key)!;
  return {
    ...listingOf(asItIs(row, abandoned)),
    phases: meanRepetition(sql, key)?.phases ?? [],
    layerComponents: readSummary(sql, key),
  };
}

function meanRepetition(sql: Sql, key: number): Parts | null {
  const row = sql.get<{ json: string }>("SELECT json FROM mean_repetitions WHERE run = ?", key);
  return row ? JSON.parse(row.json) : null;
}

/** Runs that match the filter, newest first. */
export function listRuns(sql: Sql, filter: RunFilter, abandoned: Abandoned): RunListing[] {
  const { limit = 50, offset = 0, status, model, experiment, tag } = filter;
  const gone = JSON.stringify([...abandoned]);
  const conditions: [string, ...SqliteValue[]][] = [];
  if (status !== undefined) {
    conditions.push([
      `CASE WHEN status = 'running' AND run_id IN (SELECT value FROM json_each(?))
        THEN 'interrupted' ELSE status END = ?`,
      gone,
      status,
    ]);
  }
  if (model !== undefined) conditions.push(["? IN (model_name, model_family)", model]);
  if (experiment !== undefined) conditions.push(["experiment = ?", experiment]);
  if (tag !== undefined) conditions.push(["? IN (SELECT value FROM json_each(tags))", tag]);
  const where = conditions.map(([condition]) => condition).join(" AND ") || "true";
  return sql.all<RunRow>(
    `SELECT ${LISTING_COLUMNS} FROM profiling_runs WHERE ${where}
    ORDER BY started_at_ms DESC, id DESC LIMIT ? OFFSET ?`,
    ...conditions.flatMap(([, ...parameters]) => parameters),
    limit,
    offset,
  ).map((row) => listingOf(asItIs(row, abandoned)));
}

/** Runs whose prompt or response match, best first. */
export function searchRuns(
  sql: Sql,
  text: string,
  limit: number,
  abandoned: Abandoned,
): RunListing[] {
  const expression = searchExpression(text);
  if (expression === null) return [];
  return sql.all<RunRow>(
    `SELECT ${LISTING_COLUMNS} FROM profiling_runs
    JOIN (SELECT rowid AS found, rank FROM prompt_search WHERE prompt_search MATCH ?
      ORDER BY rank LIMIT ?) ON found = id
    ORDER BY rank, started_at_ms DESC`,
    expression,
    limit,
  ).map((row) => listingOf(asItIs(row, abandoned)));
}
