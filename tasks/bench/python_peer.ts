/**
 * Peers from PyPI, in a Python of their own: installed once, then asked line by line.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { type LinePeer, linePeer } from "./line_peer.ts";

/** A Python with packages, under `.cache/bench`. */
export interface PythonHome {
  name: string;
  /** As pip takes them, with their versions. */
  packages: readonly string[];
  /** What must import where they are installed. */
  imports: string;
  /** How much is fetched. */
  size: string;
}

function pythonOf(home: PythonHome): string {
  return `${folderOf(home)}/bin/python`;
}

function folderOf({ name }: PythonHome): string {
  return fileURLToPath(new URL(`../../.cache/bench/${name}`, import.meta.url));
}

/** Installs the packages, once; why they cannot be had, or `null` where they can. */
export async function whyNotPython(home: PythonHome): Promise<string | null> {
  const [folder, python] = [folderOf(home), pythonOf(home)];
  if (await succeeds(python, ["-c", home.imports])) return null;
  const packages = home.packages.join(", ");
  console.error(`Installing ${packages} for Python into ${folder} (about ${home.size}, once)`);
  const isReady = await succeeds("python3", ["-m", "venv", folder]) &&
    await succeeds(python, ["-m", "pip", "install", "--quiet", ...home.packages]) &&
    await succeeds(python, ["-c", home.imports]);
  return isReady ? null : `${packages} cannot be installed; it needs python3 with venv, and PyPI`;
}

/** Starts a script of this folder. */
export async function pythonPeer(
  home: PythonHome | null,
  script: string,
  args: readonly string[] = [],
): Promise<LinePeer> {
  const program = home === null ? "python3" : pythonOf(home);
  return await linePeer(program, [fileURLToPath(new URL(script, import.meta.url)), ...args]);
}

async function succeeds(program: string, args: string[]): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(program, { args, stdout: "null", stderr: "null" })
      .output();
    return success;
  } catch {
    return false; // it is not there
  }
}
