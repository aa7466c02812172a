/**
 * The graph that the runtime executes, which differs from the model's: it is written to a file by
 * the runtime, read and removed.
 *
 * @module
 */
import { type Model, type OptimizedNode, optimizedNodes } from "../../model/mod.ts";
import { removeQuietly } from "./temp_folder.ts";

// It depends on the model, on how far it is changed and on what is taken out of it (`variant`), and
// is asked for with every answer.
const nodesOf = new WeakMap<Model, Map<string, OptimizedNode[]>>();

/** The nodes that are executed, where they are known already. */
export function knownNodes(model: Model, variant: string): OptimizedNode[] | undefined {
  return nodesOf.get(model)?.get(variant);
}

/** Keeps what `readNodes()` found. */
export function keepNodes(model: Model, variant: string, nodes: OptimizedNode[]): void {
  const known = nodesOf.get(model) ?? new Map<string, OptimizedNode[]>();
  nodesOf.set(model, known.set(variant, nodes));
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
