/**
 * How a database is kept small, filled from others and counted.
 *
 * @module
 */
import type { RunStatus } from "../record.ts";
import type { RunListing } from "./rows.ts";

/** Limits that `prune` makes hold by deleting the oldest runs; at least one must be given. */
export interface PruneOptions {
  /** Runs that started before so many days go. */
  maxAgeDays?: number;
  /** So many runs stay, those that go on included. */
  maxRuns?: number;
  /** The database may hold so many bytes. */
  maxBytes?: number;
  /** Only says what would go. Default false. */
  dryRun?: boolean;
}

/** What `prune` deleted, or would. */
export interface PruneOutcome {
  /** The runs, oldest first. */
  runs: RunListing[];
  /** Bytes in use before. */
  bytesBefore: number;
  /** Bytes in use after; for a dry run, before the rest is put closer together. */
  bytesAfter: number;
}

/** What `merge` did with each run of the other database. */
export interface MergeOutcome {
  /** Ids of runs that are here now. */
  imported: string[];
  /** Ids of runs that were here before, and were left as they are. */
  duplicates: string[];
  /** Ids of runs that still go on there, and were left out. */
  running: string[];
}

/** What a database holds. */
export interface DatabaseStats {
  /** Of the tables. */
  schemaVersion: number;
  /** Of the library that opened it. */
  sqliteVersion: string;
  /** Size of the file, without what is still in the write-ahead log. */
  fileBytes: number;
  /** Of these, bytes that hold something. */
  usedBytes: number;
  /** All of them. */
  runs: number;
  /** The same by status, as it reads. */
  runsByStatus: Record<RunStatus, number>;
  /** Start of the oldest run, in epoch ms; `null` where there is none. */
  oldestMs: number | null;
  /** Start of the newest run, in epoch ms; `null` where there is none. */
  newestMs: number | null;
  /** Rows of all repetitions. */
  tokens: number;
  /** Rows. */
  powerSamples: number;
  /** Rows of runs that have ended. */
  componentRows: number;
  /** Compressed raw records. */
  rawPowerBytes: number;
  /** By name, the most frequent first. */
  models: { name: string; runs: number }[];
}
