import { fileURLToPath } from "node:url";
import { type LinePeer, linePeer } from "./line_peer.ts";

// The root's: a script that needs no peer is not to fetch them.
const CONFIG = fileURLToPath(new URL("../../deno.json", import.meta.url));

/** A script of the benchmark, to be started in a Deno of its own. */
export interface DenoScript {
  /** What it may do. */
  flags: readonly string[];
  /** Where it is. */
  path: string;
  args: readonly string[];
}

/** Starts a script and asks it: for what Deno reads from the environment when it starts. */
export async function denoPeer(
  script: DenoScript,
  env: Record<string, string> = {},
): Promise<LinePeer> {
  return await linePeer(denoProgram(), argsOf(script), env);
}

/** Runs a script to its end; what it printed. */
export async function denoOutput(script: DenoScript): Promise<string> {
  const { success, stdout } = await new Deno.Command(denoProgram(), {
    args: argsOf(script),
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`Cannot go on: ${script.path} has failed`);
  return new TextDecoder().decode(stdout);
}

/** `--allow-run=deno` allows that name and no path, not even that of the program itself. */
export function denoProgram(): string {
  const path = Deno.execPath();
  const { state } = Deno.permissions.querySync({ name: "run", command: path });
  return state === "granted" ? path : "deno";
}

function argsOf({ flags, path, args }: DenoScript): string[] {
  return ["run", "-q", "--no-prompt", "--config", CONFIG, ...flags, path, ...args];
}
