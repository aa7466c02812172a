import { isAbsolute, join } from "node:path";

/** The folder that the user was in: `deno task` itself runs in the repository's. */
export function userFolder(): string {
  return Deno.env.get("INIT_CWD") ?? Deno.cwd();
}

/** A path that the user typed, made absolute. */
export function userPath(path: string): string {
  return path === ":memory:" || isAbsolute(path) ? path : join(userFolder(), path);
}
