/**
 * The graph that the runtime executes, which differs from the model's: it is written to a file by
 * the runtime, read and removed.
 *
 * @module
 */
import { type Model, type OptimizedNode, optimizedNodes } from "../../model/mod.ts";
import { removeQuietly } from "./temp_folder.ts";

// It depends on the model and on how far it is changed, and is asked for with every answer.
const nodesOf = new WeakMap<Model, Map<string, OptimizedNode[]>>();

/** The nodes that are executed, where they are known already. */
export function knownNodes(model: Model, optimization: string): OptimizedNode[] | undefined {
  return nodesOf.get(model)?.get(optimization);
}

/** Keeps what `readNodes()` found for the model as it is in its file. */
export function keepNodes(model: Model, optimization: string, nodes: OptimizedNode[]): void {
  const known = nodesOf.get(model) ?? new Map<string, OptimizedNode[]>();
  nodesOf.set(model, known.set(optimization, nodes));
}

/** Has the weights that go with a graph written to nowhere: only its structure is read. */
export function discardWeights(graphPath: string): void {
  if (Deno.build.os === "windows") return;
  try {
    Deno.symlinkSync("/dev/null", `${graphPath}.data`);
  } catch {
    // links need read and write permission for everything; without it the weights are written
  }
}

/** Reads the graph that the runtime wrote, and removes it. */
export function readNodes(model: Model, graphPath: string): OptimizedNode[] {
  try {
    return optimizedNodes(model.onnxPath, graphPath);
  } finally {
    removeQuietly(graphPath);
    removeQuietly(`${graphPath}.data`);
  }
}
