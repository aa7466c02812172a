/**
 * Keeps runs: SQLite tables, written while a run goes on, read back as plain records.
 *
 * @module
 */
export {
  nodeSqlite,
  type SqliteConnection,
  type SqliteDriver,
  type SqliteStatement,
  type SqliteValue,
} from "./connection.ts";
export { ProfileDatabase } from "./database.ts";
export type { RunHost } from "./host.ts";
export type {
  ActivationStats,
  ComponentMetric,
  DeepOperationMetric,
  LayerComponentSummary,
  LayerMetric,
  MetricEnergy,
  PowerTimelinePoint,
  ProfileDatabaseOptions,
  RunFilter,
  RunListing,
  RunSummary,
  StoredRun,
  TokenReference,
  TokenRow,
} from "./rows.ts";
