import { InputError } from "../errors.ts";

const REMEDIES: readonly [RegExp, string][] = [
  [/disk is full|no space left/i, "free some space or choose another disk"],
  [/\b(locked|busy)\b/i, "wait until the other process is done, or choose another database"],
  [/not a database/i, "choose another path or move that file away"],
  [/FilesystemLoop|name too long/i, "choose another path"],
  [/malformed|disk I\/O/i, "restore it from a copy or choose another path"],
  [
    /NotCapable|PermissionDenied|NotADirectory|NotFound|ReadOnly|readonly|unable to open|permission/i,
    "choose a path that this process may write",
  ],
];

/**
 * Errors of disk, lock and permission are the user's to fix and become an `InputError`. They are
 * told by their words, as drivers differ in codes but all pass SQLite's own messages on.
 */
export function storageError(attempt: string, error: unknown): Error {
  const cause = error instanceof Error ? error : new Error(String(error));
  if (cause instanceof InputError) return cause;
  const remedy = REMEDIES.find(([pattern]) => pattern.test(`${cause.name} ${cause.message}`))?.[1];
  if (remedy === undefined) return cause;
  return new InputError(`${attempt}: ${cause.message.split("\n")[0]}`, { remedy, cause });
}
