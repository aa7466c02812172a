/**
 * Tells a run that goes on from one whose process was killed. While a run is written, its process
 * holds an exclusive lock on a small file beside the database; the operating system lets go of it
 * when the process dies, however it dies. Whoever reads a `running` row tries the lock.
 * docs/decisions/store-liveness.md compares this with heartbeats and process ids.
 *
 * @module
 */

import { storageError } from "./storage_error.ts";

function lockPath(databaseFile: string, runId: string): string {
  return `${databaseFile}-${runId}.lock`;
}

/** The claim of this process to a run; `release` gives it up and removes the file. */
export class RunLock {
  readonly #file: Deno.FsFile;
  readonly #path: string;

  /** Takes the lock of a run that has just got its id. */
  constructor(databaseFile: string, runId: string) {
    this.#path = lockPath(databaseFile, runId);
    try {
      this.#file = Deno.openSync(this.#path, { create: true, write: true });
      this.#file.lockSync(true);
    } catch (error) {
      throw storageError(`Cannot make the lock file "${this.#path}"`, error);
    }
  }

  /** To be called after the run's last state is committed. */
  release(): void {
    this.#file.close();
    removeLock(this.#path);
  }
}

/** Whether some process, this one included, still writes the run. */
export function isHeld(databaseFile: string, runId: string): boolean {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(lockPath(databaseFile, runId), { read: true });
  } catch (error) {
    // The file is made before the row and removed after its last change: no file, no writer.
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
  // A shared lock, so that two readers who ask at once do not take each other for the writer.
  using _file = file;
  return !file.tryLockSync(false);
}

/** Clears away what a killed process left behind. */
export function forgetLock(databaseFile: string, runId: string): void {
  removeLock(lockPath(databaseFile, runId));
}

function removeLock(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
