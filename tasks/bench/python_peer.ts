/**
 * Peers from PyPI, in a Python of their own: installed once, then asked a line of JSON at a time.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { TextLineStream } from "./text_lines.ts";

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

/** A script that answers each order, a line of JSON, with one. */
export interface PythonPeer extends AsyncDisposable {
  ask(order: object): Promise<Record<string, unknown>>;
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

/** Starts a script of this folder. It says a first line when it is ready. */
export async function pythonPeer(
  home: PythonHome | null,
  script: string,
  args: readonly string[] = [],
): Promise<PythonPeer> {
  const child = new Deno.Command(home === null ? "python3" : pythonOf(home), {
    args: [fileURLToPath(new URL(script, import.meta.url)), ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  const lines = child.stdout.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream()).getReader();
  const next = async (): Promise<Record<string, unknown>> => {
    const { value, done } = await lines.read();
    if (done) throw new Error(`Cannot go on: ${script} has ended`);
    return JSON.parse(value);
  };
  await next();
  return {
    async ask(order) {
      await writer.write(new TextEncoder().encode(`${JSON.stringify(order)}\n`));
      return await next();
    },
    async [Symbol.asyncDispose]() {
      await writer.close();
      await lines.cancel();
      await child.status;
    },
  };
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
