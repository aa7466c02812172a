import { dirname, resolve } from "node:path";
import { InputError } from "../errors.ts";
import type { SqliteDriver } from "./connection.ts";
import { APPLICATION_ID, migrate, MIGRATIONS, readIdentity } from "./migrations.ts";
import { nodeSqlite } from "./node_sqlite.ts";
import { Sql } from "./sql.ts";
import { storageError } from "./storage_error.ts";

/** How long a writer waits for another process's transaction before it gives up. */
export const BUSY_TIMEOUT_MS = 10_000;

/** How a file is opened. */
export interface OpenOptions {
  readOnly: boolean;
  upgrade?: boolean;
  busyTimeoutMs?: number | undefined;
  driver?: SqliteDriver | undefined;
}

/** A connection that is ready for use, and the canonical path of its file (`null`: in memory). */
export interface OpenedDatabase {
  sql: Sql;
  file: string | null;
}

/** Opens, checks that the database is ours, and brings it to the newest schema. */
export function openDatabase(
  path: string,
  options: OpenOptions,
): OpenedDatabase {
  const { readOnly, upgrade = false, busyTimeoutMs = BUSY_TIMEOUT_MS, driver = nodeSqlite } =
    options;
  const inMemory = path === ":memory:";
  let sql: Sql | undefined;
  try {
    if (!inMemory) checkFile(resolve(path), readOnly);
    const connection = driver(inMemory ? path : resolve(path), { readOnly });
    sql = new Sql(connection, `Cannot use the database "${path}"`);
    // First of all: whatever reads the schema meets those who are making it.
    sql.exec(`PRAGMA busy_timeout = ${Math.round(busyTimeoutMs)}`);
    // All rows of a thousand runs, which sorting by a figure reads, take more than SQLite's 2 MB.
    sql.exec("PRAGMA cache_size = -16000");
    const isOlder = checkIdentity(sql, readOnly);
    if (isOlder && readOnly && upgrade) {
      openDatabase(path, { ...options, readOnly: false }).sql.close();
    } else if (isOlder && readOnly) {
      throw new Refusal("its schema is an older one", "open it once for writing");
    }
    if (!readOnly) {
      // To be said before anything is written: what prune() needs to make the file smaller.
      sql.exec("PRAGMA auto_vacuum = INCREMENTAL");
      if (!inMemory) enterWal(sql, busyTimeoutMs);
      sql.exec("PRAGMA synchronous = NORMAL");
      sql.exec("PRAGMA foreign_keys = ON");
      migrate(sql);
    }
    return { sql, file: inMemory ? null : Deno.realPathSync(path) };
  } catch (error) {
    sql?.close();
    if (readOnly && /unable to open/.test(String(error))) {
      // A log that is shared with writers lies beside it, whether or not there are any.
      const found = "SQLite must be able to write beside a database even to read it";
      throw refusal(path, new Refusal(found, "copy it to a folder that this process may write"));
    }
    throw refusal(path, error);
  }
}

/** A reason that the user can act on: [what was found, what to do]. */
class Refusal extends Error {
  constructor(readonly found: string, readonly remedy: string) {
    super(found);
  }
}

function checkFile(path: string, readOnly: boolean): void {
  let stat: Deno.FileInfo;
  try {
    stat = Deno.statSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    if (readOnly) throw new Refusal("no such file", "check the path, or profile something first");
    Deno.mkdirSync(dirname(path), { recursive: true });
    return;
  }
  if (stat.isDirectory) throw new Refusal("it is a folder", "name a file, such as tokenwatt.db");
  if (!stat.isFile) throw new Refusal("it is not a file", "choose another path");
  // What is in it is left for SQLite to find out: to open and close the file here would drop the
  // POSIX locks that other connections of this process hold (sqlite.org/howtocorrupt.html, 2.2).
}

/** Whether the schema is an older one; throws for what we cannot use. */
function checkIdentity(sql: Sql, readOnly: boolean): boolean {
  const { applicationId, version, tables } = readIdentity(sql);
  const fresh = applicationId === 0 && version === 0 && tables.length === 0;
  if (applicationId !== APPLICATION_ID && !(fresh && !readOnly)) {
    const holds = tables.length === 0 ? "no tables" : `tables ${tables.slice(0, 3).join(", ")}`;
    const found = fresh ? "it is empty" : `it belongs to another program (it holds ${holds})`;
    throw new Refusal(found, "choose another path");
  }
  if (version > MIGRATIONS.length) {
    throw new Refusal(
      `a newer Tokenwatt wrote it (schema ${version}, this one knows ${MIGRATIONS.length})`,
      "update Tokenwatt or choose another path",
    );
  }
  return version < MIGRATIONS.length;
}

/** The switch to WAL does not wait for the busy timeout: two processes that create one file meet. */
function enterWal(sql: Sql, timeoutMs: number): void {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      sql.exec("PRAGMA journal_mode = WAL");
      return;
    } catch (error) {
      if (!isBusy(error) || Date.now() > deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && /\b(locked|busy)\b/i.test(error.message);
}

function refusal(path: string, error: unknown): Error {
  if (error instanceof Refusal) {
    return new InputError(`Cannot open the database "${path}": ${error.found}`, {
      remedy: error.remedy,
    });
  }
  return storageError(`Cannot open the database "${path}"`, error);
}
