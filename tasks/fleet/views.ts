import { type Fleet, fleetFiles, type FleetProblem } from "../../lib/fleet/mod.ts";
import { type ColumnKind, type TableName, TABLES } from "../../lib/store/mod.ts";
import { quoted } from "./duckdb.ts";

/** A view: the table behind it, and what it makes of it. */
interface View {
  table: TableName;
  /** What is selected after the partitions' columns. */
  columns?: string;
  where?: string;
}

const BUILD = "coalesce(left(git_commit, 12), tool_version, 'unknown')";

/** What SQL may ask, by names that need no knowledge of the store. */
export const VIEWS: Readonly<Record<string, View>> = {
  runs: {
    table: "profiling_runs",
    columns: `to_timestamp(started_at_ms / 1000) AS started_at, ${BUILD} AS build,
      contains(findings::VARCHAR, '"severity":"invalid"') AS is_invalid,`,
  },
  tokens: { table: "tokens" },
  phases: { table: "pipeline_sections", where: "is_phase" },
  sections: { table: "pipeline_sections", where: "NOT is_phase" },
  power: { table: "power_samples" },
  layers: { table: "layer_metrics" },
  components: { table: "component_metrics" },
  operations: { table: "deep_operation_metrics" },
  statistics: { table: "deep_statistics" },
  experts: { table: "moe_expert_activations" },
  summaries: { table: "layer_component_summaries" },
};

const TYPES: Record<ColumnKind, string> = {
  text: "VARCHAR",
  json: "JSON",
  integer: "BIGINT",
  real: "DOUBLE",
  boolean: "BOOLEAN",
};

/** The views that a query needs. */
export interface Views {
  /** What makes them. */
  statements: string[];
  /** What they read. */
  files: string[];
  /** What they leave out. */
  problems: FleetProblem[];
}

/**
 * The views that a query names, over the files that can be read. Those that it does not name would
 * only open files.
 */
export function viewsFor(
  fleet: Fleet,
  sql: string,
  unreadable: ReadonlySet<string> = new Set(),
): Views {
  const good = (files: readonly string[]) => files.filter((file) => !unreadable.has(file));
  const named = Object.entries(VIEWS)
    .filter(([name]) => new RegExp(`\\b${name}\\b`, "i").test(sql))
    .map(([name, view]) => ({ name, view, ...fleetFiles(fleet, view.table) }));
  return {
    statements: named.map(({ name, view, alike, unlike }) =>
      `CREATE OR REPLACE VIEW ${name} AS ${selectOf(view, alike.map(good), good(unlike))}`
    ),
    files: [...new Set(named.flatMap(({ files }) => good(files)))],
    // Two views may stand on one table.
    problems: [
      ...new Map(named.flatMap(({ problems }) => problems).map((one) => [one.path, one])).values(),
    ],
  };
}

function selectOf(
  { table, columns = "", where }: View,
  alike: readonly (readonly string[])[],
  unlike: readonly string[],
): string {
  // A file's own run_id is the one that its folder is named after; below tokens it has none.
  const own = "run_id" in TABLES[table]
    ? "EXCLUDE (host, date, run, run_id)"
    : "EXCLUDE (host, date, run)";
  const parts = [...alike.map((files) => parquetFiles(files, false)), parquetFiles(unlike, true)]
    .filter((part) => part !== null);
  // Tables of other versions may have more columns, or fewer.
  const from = parts.length === 0
    ? noFiles(table)
    : `(${parts.map((part) => `FROM ${part}`).join(" UNION ALL BY NAME ")})`;
  const filter = where === undefined ? "" : ` WHERE ${where}`;
  return `SELECT run AS run_id, host, date, ${columns} * ${own} FROM ${from}${filter}`;
}

/** `byName` opens every file to see its columns, before any is read and for each statement anew. */
function parquetFiles(files: readonly string[], byName: boolean): string | null {
  if (files.length === 0) return null;
  return `read_parquet([${files.map(quoted)}], union_by_name = ${byName}, hive_partitioning = true,
    hive_types = {'host': VARCHAR, 'date': DATE, 'run': VARCHAR})`;
}

/** A fleet without runs has no rows, but the columns. */
function noFiles(table: TableName): string {
  const columns = Object.entries(TABLES[table]).map(([name, kind]) =>
    `NULL::${TYPES[kind]} "${name}"`
  );
  const places = "NULL::VARCHAR host, NULL::DATE date, NULL::VARCHAR run";
  return `(SELECT ${places}, ${columns} WHERE false)`;
}
