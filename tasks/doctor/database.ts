import { accessSync, constants, statfsSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ProfileDatabase, type SqliteDriver } from "../../lib/store/mod.ts";
import type { Answer } from "./part.ts";

/** Beyond this a database is not read through: it would take longer than anybody waits. */
const MOST_BYTES = 512 * 2 ** 20;
/** What a long session may fill: an hour's raw records are some 60 MB. */
const LEAST_FREE_BYTES = 200 * 2 ** 20;

/** Whether runs can be kept at `path`, and what is there is whole. Looking makes and changes nothing. */
export function databaseAnswer(path: string): Answer {
  if (path === ":memory:") return { found: "in memory only: nothing is kept" };
  const remedy = "choose another with --db, or make it writable";
  const place = nearest(path);
  const stat = Deno.statSync(place);
  if (place !== path && !stat.isDirectory) return { reason: `${place} is not a folder`, remedy };
  if (!isWritable(place)) return { reason: `${place} cannot be written`, remedy };
  if (place !== path || stat.size === 0) return { found: `${path}, made by the first run` };
  if (stat.isDirectory) return { reason: `${path} is a folder`, remedy: "name a file with --db" };
  const size = `${path}, ${(stat.size / 1e6).toFixed(1)} MB`;
  // Beside a database that is in use, or was left in a crash, SQLite's own files lie already.
  const isInUse = nearest(`${path}-wal`) === `${path}-wal`;
  if (stat.size > MOST_BYTES && !isInUse) return { found: `${size}, too large to read through` };
  const fault = integrityFault(path, isInUse ? openedInPlace : openedCopy);
  if (fault === null) return { found: `${size}, whole` };
  return { found: size, reason: fault, remedy: "restore it from a copy, or choose another" };
}

/** Whether there is room where `path` is or will be. */
export function diskAnswer(path: string, leastBytes = LEAST_FREE_BYTES): Answer {
  const { bavail, bsize } = statfsSync(nearest(path === ":memory:" ? "." : path));
  const freeBytes = bavail * bsize;
  const found = `${(freeBytes / 1e9).toFixed(1)} GB free`;
  if (freeBytes >= leastBytes) return { found };
  return {
    found,
    reason: `less than ${Math.round(leastBytes / 1e6)} MB is free for the database`,
    remedy: "free some space, or choose another disk with --db",
  };
}

/** Throws `InputError` for what is no database of ours; returns what SQLite finds wrong in it. */
function integrityFault(path: string, open: (path: string) => DatabaseSync): string | null {
  let connection: DatabaseSync | undefined;
  const driver: SqliteDriver = (file) => {
    const opened = connection = open(file);
    return {
      exec: (sql) => opened.exec(sql),
      prepare: (sql) => opened.prepare(sql),
      close: () => opened.close(),
    };
  };
  using _ = ProfileDatabase.open(path, { readOnly: true, driver });
  const said = quickCheck(connection);
  return said === "ok" ? null : `SQLite finds it damaged: ${said}`;
}

function quickCheck(connection: DatabaseSync | undefined): string {
  try {
    return String(connection?.prepare("PRAGMA quick_check(1)").get()?.quick_check);
  } catch (error) {
    // What is damaged enough cannot even be checked.
    return (error as Error).message;
  }
}

function openedInPlace(path: string): DatabaseSync {
  return new DatabaseSync(path, { readOnly: true });
}

/**
 * A copy in memory: a read-only connection to the file itself would leave -wal and -shm beside it,
 * and Deno opens no URI with `immutable=1` without -A (tried; 2.9.6).
 */
function openedCopy(path: string): DatabaseSync {
  const bytes = Deno.readFileSync(path);
  // Bytes 18 and 19 say 2 for WAL, which a database in memory cannot have (sqlite.org/fileformat2).
  if (bytes[18] === 2 && bytes[19] === 2) bytes.fill(1, 18, 20);
  const connection = new DatabaseSync(":memory:");
  connection.deserialize(bytes);
  return connection;
}

/** The path itself where it exists, else the nearest folder above it that does. */
function nearest(path: string): string {
  try {
    Deno.lstatSync(path);
    return path;
  } catch (error) {
    const isMissing = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory;
    if (!isMissing || dirname(path) === path) throw error;
    return nearest(dirname(path));
  }
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return false;
  }
}
