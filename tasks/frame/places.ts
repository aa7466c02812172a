import { isAbsolute, join } from "node:path";
import { InputError } from "../../lib/errors.ts";

/** The folder that the user was in: `deno task` itself runs in the repository's. */
export function userFolder(): string {
  return Deno.env.get("INIT_CWD") ?? Deno.cwd();
}

/**
 * A path that the user typed, made absolute.
 *
 * @throws {InputError} for "-", which others take for standard output, and a file would be made of
 */
export function userPath(path: string): string {
  if (path === "-") {
    throw new InputError('Cannot use "-" as a file', {
      remedy: "name one; ./- is a file of that name",
    });
  }
  return path === ":memory:" || isAbsolute(path) ? path : join(userFolder(), path);
}

/**
 * The shipped models are found from anywhere, and ids in the hub's cache; all other paths count
 * from the user's folder.
 */
export function modelPath(typed: string): string {
  const path = userPath(typed);
  try {
    Deno.statSync(path);
    return path;
  } catch {
    return typed.startsWith("models/") || /^\w[\w.-]*\/[\w.-]+$/.test(typed) ? typed : path;
  }
}
