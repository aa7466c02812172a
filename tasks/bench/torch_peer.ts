/**
 * PyTorch with forward hooks: `torch_hooks.py` holds the model.
 *
 * @module
 */
import type { Answer, Contestant } from "./contest.ts";
import { type PythonHome, pythonPeer, whyNotPython } from "./python_peer.ts";

const TORCH: PythonHome = {
  name: "torch",
  packages: ["torch==2.15.0", "numpy"],
  imports: "import torch",
  size: "3 GB",
};

/** What a module is watched by. */
export type Hooks = "none" | "times" | "statistics";

/** A decoder in PyTorch. */
export interface TorchPeer extends AsyncDisposable {
  /** The decoder under some hooks. */
  with(hooks: Hooks): Contestant;
}

/** Installs PyTorch, once; why it cannot be had, or `null` where it can. */
export async function whyNoTorch(): Promise<string | null> {
  return await whyNotPython(TORCH);
}

/** Starts the decoder. Its weights are its own, so it "answers" with the `ids` that are expected. */
export async function torchPeer(
  ids: readonly number[],
  tokens: number,
  threads: number,
): Promise<TorchPeer> {
  const python = await pythonPeer(TORCH, "torch_hooks.py", [`${threads}`]);
  return {
    with: (hooks) => ({
      async answer(): Promise<Answer> {
        const { ms } = await python.ask({ hooks, tokens: tokens - 1 });
        return { ids: [...ids], endsMs: ids.map((_, step) => step * Number(ms)) };
      },
    }),
    [Symbol.asyncDispose]: () => python[Symbol.asyncDispose](),
  };
}
