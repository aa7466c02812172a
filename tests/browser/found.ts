import { existsSync } from "node:fs";

/** Where a program is: playwright looks for none in PATH. */
export function found(program: string): string {
  if (program.includes("/")) return program;
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  return folders.map((folder) => `${folder}/${program}`).find((path) => existsSync(path)) ??
    program;
}
