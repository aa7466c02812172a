import { dirname, resolve } from "node:path";
import { InputError } from "../errors.ts";
import { nodeSqlite, Sql, type SqliteDriver } from "./connection.ts";
import { APPLICATION_ID, migrate, MIGRATIONS, readIdentity } from "./migrations.ts";

/** How long a writer waits for another process's transaction before it gives up. */
const BUSY_TIMEOUT_MS = 10_000;
const SQLITE_HEADER = "SQLite format 3\0";

/** A connection that is ready for use, and the canonical path of its file (`null`: in memory). */
export interface OpenedDatabase {
  sql: Sql;
  file: string | null;
}

/** Opens, checks that the database is ours, and brings it to the newest schema. */
export function openDatabase(
  path: string,
  options: { readOnly: boolean; driver?: SqliteDriver | undefined },
): OpenedDatabase {
  const { readOnly, driver = nodeSqlite } = options;
  const inMemory = path === ":memory:";
  let sql: Sql | undefined;
  try {
    if (!inMemory) checkFile(resolve(path), readOnly);
    sql = new Sql(driver(inMemory ? path : resolve(path), { readOnly }));
    sql.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    checkIdentity(sql, readOnly);
    if (!readOnly) {
      if (!inMemory) enterWal(sql);
      sql.exec("PRAGMA synchronous = NORMAL");
      sql.exec("PRAGMA foreign_keys = ON");
      migrate(sql);
    }
    return { sql, file: inMemory ? null : Deno.realPathSync(path) };
  } catch (error) {
    sql?.close();
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
  // SQLite takes an empty file for an empty database, and so do we.
  if (stat.isFile && stat.size === 0) return;
  if (!stat.isFile || firstBytes(path, SQLITE_HEADER.length) !== SQLITE_HEADER) {
    throw new Refusal("it is not an SQLite database", "choose another path or move that file away");
  }
}

function firstBytes(path: string, count: number): string {
  using file = Deno.openSync(path, { read: true });
  const bytes = new Uint8Array(count);
  const read = file.readSync(bytes) ?? 0;
  return String.fromCharCode(...bytes.subarray(0, read));
}

function checkIdentity(sql: Sql, readOnly: boolean): void {
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
  if (readOnly && version < MIGRATIONS.length) {
    throw new Refusal(`its schema is an older one (${version})`, "open it once for writing");
  }
}

/** The switch to WAL does not wait for the busy timeout: two processes that create one file meet. */
function enterWal(sql: Sql): void {
  const deadline = Date.now() + BUSY_TIMEOUT_MS;
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

/** Errors of disk, lock and permission are the user's to fix; all others are passed on. */
export function storageError(attempt: string, error: unknown): Error {
  const cause = error instanceof Error ? error : new Error(String(error));
  const remedy = REMEDIES.find(([pattern]) => pattern.test(`${cause.name} ${cause.message}`))?.[1];
  if (!remedy || cause instanceof InputError) return cause;
  return new InputError(`${attempt}: ${cause.message.split("\n")[0]}`, { remedy, cause });
}

const REMEDIES: readonly [RegExp, string][] = [
  [/disk is full|no space left/i, "free some space or choose another disk"],
  [/\b(locked|busy)\b/i, "wait until the other process is done, or choose another database"],
  [/malformed|not a database|disk I\/O/i, "restore it from a copy or choose another path"],
  [
    /NotCapable|PermissionDenied|NotADirectory|NotFound|FilesystemLoop|ReadOnlyFilesystem|readonly|unable to open|permission|access/i,
    "choose a path that this process may write",
  ],
];
