/**
 * The nodes of a graph as ONNX Runtime executes it, with the component that each belongs to.
 *
 * @module
 */
import { allGraphs, placesInOptimized } from "./architecture.ts";
import type { ComponentPlace } from "./detect/mod.ts";
import { readOnnx } from "./onnx_reader.ts";

/** A node of an optimised graph. */
export interface OptimizedNode {
  /** `""` where the runtime gave it none. */
  name: string;
  /** Its operator, also one of the runtime's own. */
  opType: string;
  /** Where it belongs. */
  place: ComponentPlace;
}

/**
 * Reads a graph that the runtime wrote after optimising a model and places its nodes, those of
 * branches included.
 *
 * @param onnxPath The model that was optimised.
 * @param optimizedPath The graph that the runtime wrote.
 * @returns All nodes in the order of the file, which is that of execution; those that nothing
 * places are `other`.
 * @throws {InputError} Where one of the files is not a whole ONNX model.
 */
export function optimizedNodes(onnxPath: string, optimizedPath: string): OptimizedNode[] {
  const optimized = readOnnx(optimizedPath);
  const places = placesInOptimized(readOnnx(onnxPath), optimized);
  return allGraphs(optimized.graph).flatMap((graph) =>
    graph.nodes.map(({ name, opType }, i) => ({
      name,
      opType,
      place: places.get(name === "" ? `${opType}_${i}` : name) ??
        { layer: null, component: "other" },
    }))
  );
}
