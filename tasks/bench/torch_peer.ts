/**
 * PyTorch with forward hooks, in a Python of its own: `torch_hooks.py` holds the model.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { TextLineStream } from "./text_lines.ts";
import type { Answer, Contestant } from "./contest.ts";

/** The version that is installed where there is none. */
const TORCH = "torch==2.15.0";
const VENV = fileURLToPath(new URL("../../.cache/bench/torch", import.meta.url));
const PYTHON = `${VENV}/bin/python`;
const SCRIPT = fileURLToPath(new URL("torch_hooks.py", import.meta.url));

/** What a module is watched by. */
export type Hooks = "none" | "times" | "statistics";

/** A decoder in PyTorch. */
export interface TorchPeer extends AsyncDisposable {
  /** The decoder under some hooks. */
  with(hooks: Hooks): Contestant;
}

/** Installs PyTorch, once; why it cannot be had, or `null` where it can. */
export async function whyNoTorch(): Promise<string | null> {
  if (await succeeds(PYTHON, ["-c", "import torch"])) return null;
  console.error(`Installing ${TORCH} for Python into ${VENV} (about 3 GB, once)`);
  const isReady = await succeeds("python3", ["-m", "venv", VENV]) &&
    await succeeds(PYTHON, ["-m", "pip", "install", "--quiet", TORCH, "numpy"]);
  return isReady ? null : `${TORCH} cannot be installed; it needs python3 with venv, and PyPI`;
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

/** Starts the decoder. Its weights are its own, so it "answers" with the `ids` that are expected. */
export async function torchPeer(
  ids: readonly number[],
  tokens: number,
  threads: number,
): Promise<TorchPeer> {
  const child = new Deno.Command(PYTHON, {
    args: [SCRIPT, `${threads}`],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  const lines = child.stdout.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream()).getReader();
  const next = async (): Promise<Record<string, unknown>> => {
    const { value, done } = await lines.read();
    if (done) throw new Error("Cannot go on: torch_hooks.py has ended");
    return JSON.parse(value);
  };
  await next(); // it is ready
  const steps = tokens - 1;
  return {
    with: (hooks) => ({
      async answer(): Promise<Answer> {
        const order = JSON.stringify({ hooks, tokens: steps });
        await writer.write(new TextEncoder().encode(`${order}\n`));
        const { ms } = await next();
        return { ids: [...ids], endsMs: ids.map((_, step) => step * Number(ms)) };
      },
    }),
    async [Symbol.asyncDispose]() {
      await writer.close();
      await lines.cancel();
      await child.status;
    },
  };
}
