/**
 * Keeps runs: SQLite tables, written while a run goes on, read back as plain records.
 *
 * @module
 */
export type { SqliteConnection, SqliteDriver, SqliteStatement, SqliteValue } from "./connection.ts";
export { ProfileDatabase } from "./database.ts";
export type { RunFigures } from "./figures.ts";
export { noSuchRun } from "./no_such_run.ts";
export { nodeSqlite } from "./node_sqlite.ts";
export type { RunHost } from "./host.ts";
export type {
  ComponentMean,
  Distribution,
  LayerComponentSummary,
  LayerMean,
  PowerTimelinePoint,
  ProfileDatabaseOptions,
  RunFilter,
  RunListing,
  RunMetric,
  RunSummary,
  StoredRun,
  TokenRow,
} from "./rows.ts";
export type { DatabaseStats, MergeOutcome, PruneOptions, PruneOutcome } from "./upkeep.ts";
export type { DerivedRows } from "./replace_result.ts";
export { RUN_METRICS } from "./run_columns.ts";
export { RunReader } from "./run_reader.ts";
export {
  type DerivedRun,
  type RederiveOutcome,
  rederiveRun,
  type RunChange,
  type StoredEvidence,
  storedEvidence,
} from "./rederive.ts";
export { resultOf, type RunDocument, runDocument } from "./run_document.ts";
export { type ColumnKind, type TableName, type TableRow, TABLES } from "./tables.ts";
