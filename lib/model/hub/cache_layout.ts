/**
 * The hub's cache on disk, as huggingface_hub lays it down, so that it and we share what is fetched:
 * `models--ORG--NAME/{blobs/HASH, snapshots/COMMIT/PATH → blobs, refs/REVISION}` and locks beside.
 *
 * @module
 */
import { statfsSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { InputError } from "../../errors.ts";
import { statOrNull } from "../files.ts";
import { cacheFolder } from "../hub_cache.ts";
import type { Connection } from "./connection.ts";
import { pauseOrStop } from "./retry.ts";

/** The folders of one model. */
export interface ModelPlace {
  cache: string;
  folder: string;
}

/** Where `id` lies in `cache`. */
export function placeOf(cache: string, id: string): ModelPlace {
  return { cache, folder: join(cache, folderName(id)) };
}

function folderName(id: string): string {
  return `models--${id.replace("/", "--")}`;
}

/** The folder that the cache usually is in; `InputError` where no variable tells. */
export function usualCache(env: (name: string) => string | undefined): string {
  const cache = cacheFolder(env);
  if (cache !== null) return cache;
  throw new InputError("Cannot tell where the hub's cache is: HOME is not set", {
    remedy: "pass --cache FOLDER, or set HF_HOME",
  });
}

/** Where the content with `hash` lies. */
export function blobPath({ folder }: ModelPlace, hash: string): string {
  return join(folder, "blobs", hash);
}

/** The folder that shows the files of a commit by their names. */
export function snapshotPath({ folder }: ModelPlace, commit: string): string {
  return join(folder, "snapshots", commit);
}

/** The commit that a revision was when it was last fetched; `null` where it never was. */
export function knownCommit({ folder }: ModelPlace, revision: string): string | null {
  if (/^[0-9a-f]{40}$/.test(revision)) return revision;
  const path = join(folder, "refs", revision);
  if (!statOrNull(path)?.isFile) return null;
  const commit = Deno.readTextFileSync(path).trim();
  return /^[0-9a-f]{40}$/.test(commit) ? commit : null;
}

/** Notes which commit a branch or tag is; a commit needs no note. */
export function writeRef({ folder }: ModelPlace, revision: string, commit: string): void {
  if (revision === commit) return;
  const path = join(folder, "refs", revision);
  Deno.mkdirSync(dirname(path), { recursive: true });
  atomically(path, (temporary) => Deno.writeTextFileSync(temporary, commit));
}

/**
 * Shows a blob under its name: as a relative link, or as a copy where links are not allowed (Windows
 * without developer mode).
 */
export function showBlob(blob: string, target: string, link = Deno.symlinkSync): void {
  Deno.mkdirSync(dirname(target), { recursive: true });
  atomically(target, (temporary) => {
    try {
      link(relative(dirname(target), blob), temporary);
    } catch (error) {
      if (Deno.build.os !== "windows" && link === Deno.symlinkSync) throw error;
      Deno.copyFileSync(blob, temporary);
    }
  });
}

// A name appears with its whole content or not at all, whoever else fetches at the same time.
function atomically(path: string, write: (temporary: string) => void): void {
  const temporary = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    write(temporary);
    Deno.renameSync(temporary, path);
  } catch (error) {
    try {
      Deno.removeSync(temporary);
    } catch {
      // it was never made
    }
    throw error;
  }
}

/**
 * Waits until no other process fetches the same content. `flock`, and the file's place, are those of
 * huggingface_hub, so Python's pulls wait for ours and ours for Python's.
 */
export async function lockBlob(
  { cache, folder }: ModelPlace,
  hash: string,
  { signal, onWait }: Pick<Connection, "signal" | "onWait">,
): Promise<Disposable> {
  const path = join(cache, ".locks", basename(folder), `${hash}.lock`);
  Deno.mkdirSync(dirname(path), { recursive: true });
  const file = Deno.openSync(path, { write: true, create: true });
  try {
    if (file.tryLockSync(true)) return file;
    onWait("another process is fetching the same file; waiting for it");
    do await pauseOrStop(100, signal); while (!file.tryLockSync(true));
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

/** `InputError` where the disk has no room for `bytes`; unchecked where nobody can say. */
export function checkRoom({ folder }: ModelPlace, id: string, bytes: number): void {
  const free = freeBytes(folder);
  if (free === null || bytes <= free) return;
  throw new InputError(
    `Cannot fetch "${id}": it takes ${bytes} bytes, the disk at "${folder}" has ${free} left`,
    { remedy: "free some space, choose a smaller --precision, or pass --cache on another disk" },
  );
}

function freeBytes(folder: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}

/** The error for a cache that cannot be written; any other error as it is. */
export function unwritable(cache: string, cause: unknown): unknown {
  const { PermissionDenied, NotADirectory, AlreadyExists } = Deno.errors;
  const known = [PermissionDenied, NotADirectory, AlreadyExists]
    .some((kind) => cause instanceof kind);
  const code = (cause as { code?: string } | null)?.code ?? "";
  const isFull = ["ENOSPC", "EDQUOT"].includes(code);
  if (!known && !isFull && !["EROFS", "EISDIR", "ENAMETOOLONG"].includes(code)) return cause;
  const [detail] = (cause as Error).message.split("\n");
  return new InputError(`Cannot write into the cache "${cache}": ${detail}`, {
    remedy: isFull
      ? "free some space and run the same command again: what has arrived is kept"
      : "make it writable, or pass another folder with --cache",
    cause,
  });
}
