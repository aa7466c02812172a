/**
 * Where profiles and graphs are written until they have been read: a folder of its own for each
 * session, removed with it. What a killed process left is removed by the next one that profiles.
 *
 * Whether a process lives is told by a lock on a file in its folder, as for runs (see
 * docs/decisions/store-liveness.md): the system lets go of it however the process dies, while a
 * process id can be taken by another and cannot be asked about without permission to run programs.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { InputError } from "../../errors.ts";

const PREFIX = "tokenwatt-profile-";
const LOCK = "lock";
/** Between the making of a folder and of its lock; a folder without a lock is left alone so long. */
const YOUNG_MS = 60_000;

let isSwept = false;

/** A folder for temporary files that lives as long as its owner, at most as long as its process. */
export class TempFolder implements Disposable {
  /** Where it is. */
  readonly path: string;
  #lock: Deno.FsFile | null;

  /** Makes the folder; `InputError` where that is not possible. */
  constructor() {
    try {
      this.path = Deno.makeTempDirSync({ prefix: `${PREFIX}${Deno.pid}-` });
      this.#lock = Deno.openSync(join(this.path, LOCK), { create: true, write: true });
      this.#lock.lockSync(true);
    } catch (cause) {
      throw new InputError(
        `Cannot make a folder for profiles: ${(cause as Error).message.split("\n")[0]}`,
        { remedy: "start Deno with --allow-read --allow-write, on a disk with room", cause },
      );
    }
    if (!isSwept) sweep(dirname(this.path));
    isSwept = true;
  }

  /** Removes the folder with all that is in it. */
  [Symbol.dispose](): void {
    this.#lock?.close();
    this.#lock = null;
    removeQuietly(this.path);
  }
}

/** Removes the folders in `parent` whose process is gone, and returns their names. */
export function sweep(parent: string): string[] {
  const removed: string[] = [];
  try {
    for (const { name, isDirectory } of Deno.readDirSync(parent)) {
      if (!isDirectory || !name.startsWith(PREFIX) || isAlive(join(parent, name))) continue;
      if (removeQuietly(join(parent, name))) removed.push(name);
    }
  } catch {
    // another user's folder, or no permission: nothing that can be cleared from here
  }
  return removed;
}

function isAlive(folder: string): boolean {
  try {
    using lock = Deno.openSync(join(folder, LOCK));
    return !lock.tryLockSync(false);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) return true; // another user's
    return Date.now() - (Deno.statSync(folder).mtime?.getTime() ?? Date.now()) < YOUNG_MS;
  }
}

/** Removes a file or folder, where it is and may be removed. */
export function removeQuietly(path: string): boolean {
  try {
    Deno.removeSync(path, { recursive: true });
    return true;
  } catch {
    return false;
  }
}
