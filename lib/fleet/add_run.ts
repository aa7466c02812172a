import { dirname, join } from "node:path";
import { InputError } from "../errors.ts";
import { type ProfileDatabase, type TableName, TABLES } from "../store/mod.ts";
import { tableParquet } from "../store/export/mod.ts";
import { fleetPath, type FleetPlace } from "./layout.ts";

/** What became of a run that was to be added. */
export interface FleetAddition extends FleetPlace {
  /** The folder that holds it, one Parquet file a table. */
  path: string;
  /** False where it was there already, and was left as it is. */
  isNew: boolean;
}

/**
 * Adds a run that has ended to a fleet's folder, as Parquet.
 *
 * It appears whole or not at all: it is written beside its place and renamed, so that many machines
 * may add to one folder at once. A run that is there already, told by its id, is left as it is.
 *
 * @param run its id, the beginning of it, or `"last"`
 * @param folder the fleet's, made if it is not there; on a disk or a share of all machines
 * @throws {InputError} if there is no such run, it still goes on, or the folder cannot be written
 *
 * @example
 * ```ts
 * import { addToFleet, ProfileDatabase } from "@tokenwatt/tokenwatt";
 *
 * using database = ProfileDatabase.open(":memory:");
 * for (const { runId, status } of database.getRuns()) {
 *   if (status !== "running") await addToFleet(database, runId, "/mnt/fleet");
 * }
 * ```
 */
export async function addToFleet(
  database: ProfileDatabase,
  run: string,
  folder: string,
): Promise<FleetAddition> {
  const { runId, place } = placeIn(database, run);
  const path = join(folder, fleetPath(place));
  if (exists(path)) return { ...place, path, isNew: false };
  const day = dirname(path);
  // A name that begins with a point is nobody's partition.
  const draft = join(day, `.${runId}.${crypto.randomUUID()}`);
  try {
    Deno.mkdirSync(draft, { recursive: true });
    removeStale(day, draft);
    for (const table of Object.keys(TABLES) as TableName[]) {
      const content = await tableParquet(table, database.getTable(runId, table));
      writeThrough(join(draft, `${table}.parquet`), content);
    }
    return { ...place, path, isNew: renameInto(draft, path) };
  } catch (error) {
    removeQuietly(draft);
    throw new InputError(
      `Cannot add run ${runId} to "${folder}": ${(error as Error).message.split("\n")[0]}`,
      { remedy: "choose a folder that can be written and has room", cause: error },
    );
  }
}

function placeIn(
  database: ProfileDatabase,
  reference: string,
): { runId: string; place: FleetPlace } {
  const found = database.getRunSummary(reference);
  if (!found) {
    throw new InputError(`Cannot add run "${reference}": ${database.path} holds no such run`, {
      remedy: "deno task runs lists those that are there",
    });
  }
  const { runId, status, startedAtMs, host } = found;
  if (status === "running") {
    throw new InputError(`Cannot add run ${runId}: it still goes on`, {
      remedy: "add it when it has ended",
    });
  }
  const date = new Date(startedAtMs).toISOString().slice(0, 10);
  return { runId, place: { host: host.hostname ?? "unknown", date, runId } };
}

/** On disk before the folder gets its name: a power cut leaves no run that looks whole and is not. */
function writeThrough(path: string, content: Uint8Array): void {
  using file = Deno.openSync(path, { write: true, createNew: true });
  for (let written = 0; written < content.length;) {
    written += file.writeSync(content.subarray(written));
  }
  file.syncSync();
}

/** False where another one was first: a folder does not replace one that holds something. */
function renameInto(draft: string, path: string): boolean {
  try {
    Deno.renameSync(draft, path);
    return true;
  } catch (error) {
    if (!exists(path)) throw error;
    removeQuietly(draft);
    return false;
  }
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/** Nobody takes as long between two files of a run. */
const STALE_MS = 3_600_000;
const DRAFT = /^\..+\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Removes what killed processes left there. Their age is by the clock of the disk, which stamps our
 * own draft too: those of a share and of this machine may differ.
 */
function removeStale(day: string, own: string): void {
  const changedMs = (path: string) => Deno.statSync(path).mtime?.getTime() ?? Infinity;
  const nowMs = changedMs(own);
  for (const { name, isDirectory } of Deno.readDirSync(day)) {
    const path = join(day, name);
    try {
      if (isDirectory && DRAFT.test(name) && nowMs - changedMs(path) > STALE_MS) {
        removeQuietly(path);
      }
    } catch {
      // Its writer has just given it its name, or removed it.
    }
  }
}

function removeQuietly(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch {
    // What cannot be removed is a draft that nobody reads.
  }
}
