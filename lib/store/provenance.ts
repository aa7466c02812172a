import { dirname, join, resolve } from "node:path";
import tool from "../../deno.json" with { type: "json" };

/** Version of Tokenwatt, as deno.json names it. */
export const TOOL_VERSION: string = tool.version;

/**
 * The commit of the folder that the user works in, which is the experiment's: Tokenwatt's own is
 * told by its version. Reads git's files, since running git needs a permission. `null` where there
 * is no repository, or no permission to look.
 */
export function gitCommit(folder: string = userFolder()): string | null {
  try {
    if (Deno.permissions.querySync({ name: "read", path: folder }).state !== "granted") return null;
    const git = gitFolder(resolve(folder));
    return git === null ? null : commitOf(git);
  } catch {
    return null;
  }
}

function userFolder(): string {
  // `deno task` itself runs in the repository's folder.
  const env = Deno.permissions.querySync({ name: "env", variable: "INIT_CWD" });
  return (env.state === "granted" ? Deno.env.get("INIT_CWD") : undefined) ?? Deno.cwd();
}

function gitFolder(folder: string): string | null {
  const path = join(folder, ".git");
  const text = textOf(path);
  if (text === "folder") return path;
  // A worktree or submodule: a file that says where.
  const elsewhere = text?.match(/^gitdir: (.+)/)?.[1];
  if (elsewhere) return resolve(folder, elsewhere);
  const parent = dirname(folder);
  return parent === folder ? null : gitFolder(parent);
}

function commitOf(git: string): string | null {
  const head = textOf(join(git, "HEAD"))?.trim() ?? "";
  const ref = head.match(/^ref: (.+)$/)?.[1];
  if (ref === undefined) return commit(head);
  // A worktree keeps its HEAD, but shares the branches.
  const shared = resolve(git, textOf(join(git, "commondir"))?.trim() ?? ".");
  const packed = (textOf(join(shared, "packed-refs")) ?? "").split("\n")
    .find((line) => line.endsWith(` ${ref}`));
  return commit(textOf(join(shared, ref))?.trim() ?? packed?.split(" ")[0] ?? "");
}

function commit(text: string): string | null {
  return /^[0-9a-f]{40,64}$/.test(text) ? text : null;
}

function textOf(path: string): string | null {
  try {
    return Deno.statSync(path).isDirectory ? "folder" : Deno.readTextFileSync(path);
  } catch {
    return null;
  }
}
