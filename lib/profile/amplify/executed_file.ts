import { join } from "node:path";
import { openSession, type SessionOptions } from "../../inference/mod.ts";
import { hasOwnWeights } from "../../model/cut/mod.ts";
import type { Model } from "../../model/mod.ts";
import { discardWeights, TempFolder } from "../layers/mod.ts";

/** The graph that the runtime executes, as a file that goes when it is disposed. */
export interface ExecutedFile extends Disposable {
  path: string;
}

/** Has the runtime write the graph that it makes of a model; weights only where it changed some. */
export async function executedGraph(model: Model, options: SessionOptions): Promise<ExecutedFile> {
  const folder = new TempFolder();
  try {
    const bare = join(folder.path, "bare.onnx");
    discardWeights(bare);
    await write(model, options, bare);
    if (!hasOwnWeights(model, bare)) {
      return { path: bare, [Symbol.dispose]: () => folder[Symbol.dispose]() };
    }
    const path = join(folder.path, "whole.onnx");
    await write(model, options, path);
    return { path, [Symbol.dispose]: () => folder[Symbol.dispose]() };
  } catch (error) {
    folder[Symbol.dispose]();
    throw error;
  }
}

async function write(
  model: Model,
  { threads, spin, engine, provider, providerOptions }: SessionOptions,
  optimizedGraphPath: string,
): Promise<void> {
  const options = { threads, spin, engine, provider, providerOptions };
  await using _session = await openSession(model, options, {
    optimization: "all",
    optimizedGraphPath,
  });
}
