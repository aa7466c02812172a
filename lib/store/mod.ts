/**
 * Keeps runs: SQLite tables, written while a run goes on, read back as plain records.
 *
 * @module
 */
export type { SqliteConnection, SqliteDriver, SqliteStatement, SqliteValue } from "./connection.ts";
export { ProfileDatabase } from "./database.ts";
export type { RunFigures } from "./figures.ts";
export { nodeSqlite } from "./node_sqlite.ts";
export type { RunHost } from "./host.ts";
export type {
  LayerComponentSummary,
  PowerTimelinePoint,
  ProfileDatabaseOptions,
  RunFilter,
  RunListing,
  RunSummary,
  StoredRun,
  TokenRow,
} from "./rows.ts";
