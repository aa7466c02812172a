import { isAbsolute, join } from "node:path";

/** The folder that the user was in: `deno task` itself runs in the repository's. */
export function userFolder(): string {
  return Deno.env.get("INIT_CWD") ?? Deno.cwd();
}

/** A path that the user typed, made absolute. */
export function userPath(path: string): string {
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
