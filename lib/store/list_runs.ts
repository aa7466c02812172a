import { InputError } from "../errors.ts";
import { useOneOf } from "../nearest.ts";
import type { SqliteValue } from "./connection.ts";
import { asItIs } from "./liveness.ts";
import type { RunFilter, RunListing } from "./rows.ts";
import {
  LISTING_COLUMNS,
  listingOf,
  METRIC_COLUMNS,
  RUN_METRICS,
  type RunRow,
} from "./run_columns.ts";
import { searchExpression } from "./search.ts";
import type { Sql } from "./sql.ts";

type Abandoned = ReadonlySet<string>;
type Condition = [sql: string, ...parameters: SqliteValue[]];

/** Runs that match the filter; those without the figure that sorts them come last. */
export function listRuns(sql: Sql, filter: RunFilter, abandoned: Abandoned): RunListing[] {
  const { limit = 50, offset = 0 } = filter;
  const { where, parameters } = matching(filter, abandoned);
  // Only ids are sorted: whole rows, prompts and all, are read for one page.
  return sql.all<RunRow>(
    `SELECT ${LISTING_COLUMNS} FROM profiling_runs
    WHERE id IN (SELECT id FROM profiling_runs WHERE ${where} ORDER BY ${order(filter)}
      LIMIT ? OFFSET ?)
    ORDER BY ${order(filter)}`,
    ...parameters,
    limit,
    offset,
  ).map((row) => listingOf(asItIs(row, abandoned)));
}

/** How many runs match the filter, on all pages. */
export function countRuns(sql: Sql, filter: RunFilter, abandoned: Abandoned): number {
  const { where, parameters } = matching(filter, abandoned);
  const count = `SELECT count(*) AS n FROM profiling_runs WHERE ${where}`;
  return sql.get<{ n: number }>(count, ...parameters)!.n;
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

function order({ sort = "startedAtMs", ascending = false }: RunFilter): string {
  const column = Object.hasOwn(METRIC_COLUMNS, sort) ? METRIC_COLUMNS[sort] : undefined;
  if (column === undefined) {
    throw new InputError(`Cannot sort runs by "${sort}"`, {
      remedy: useOneOf(sort, RUN_METRICS),
    });
  }
  const direction = ascending ? "ASC" : "DESC";
  const newest = `id ${direction}`;
  // The column of every run: no need to look for NULLs, and an index that serves the order.
  if (column === "started_at_ms") return `started_at_ms ${direction}, ${newest}`;
  return `${column} IS NULL, ${column} ${direction}, ${newest}`;
}

function matching(
  filter: RunFilter,
  abandoned: Abandoned,
): { where: string; parameters: SqliteValue[] } {
  const { status, model, tag, experiment, engine, provider, precision, host, source } = filter;
  const { sinceMs, untilMs, minJoulesPerToken, maxJoulesPerToken } = filter;
  const conditions: Condition[] = [];
  const when = (value: SqliteValue | undefined, sql: string) => {
    if (value !== undefined) conditions.push([sql, value]);
  };
  if (status !== undefined) {
    conditions.push([
      `CASE WHEN status = 'running' AND run_id IN (SELECT value FROM json_each(?))
        THEN 'interrupted' ELSE status END = ?`,
      JSON.stringify([...abandoned]),
      status,
    ]);
  }
  if (model !== undefined) conditions.push(["(model_name = ? OR model_family = ?)", model, model]);
  when(experiment, "experiment = ?");
  when(tag, "? IN (SELECT value FROM json_each(tags))");
  when(engine, "engine = ?");
  when(provider, "provider = ?");
  when(precision, "model_precision = ?");
  when(host, "hostname = ?");
  when(source, "power_source = ?");
  when(sinceMs, "started_at_ms >= ?");
  when(untilMs, "started_at_ms < ?");
  when(minJoulesPerToken, "joules_per_token >= ?");
  when(maxJoulesPerToken, "joules_per_token <= ?");
  return {
    where: conditions.map(([sql]) => sql).join(" AND ") || "true",
    parameters: conditions.flatMap(([, ...parameters]) => parameters),
  };
}
