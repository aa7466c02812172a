/**
 * Where the nodes of ONNX Runtime's optimised graph come from.
 *
 * @module
 */
import type { NodeInfo, OnnxModel } from "../onnx_reader.ts";
import type { ComponentPlace } from "./place.ts";
import { placeBeside } from "./place_beside.ts";
import { namedPlace } from "./place_by_name.ts";
import { placeNodes, placesByName, placesByOutput, placesByWeight } from "./place_nodes.ts";

/** Places the nodes of `optimized` by those of `original`; see `placesInOptimized`. */
export function placeOptimized(
  original: OnnxModel,
  optimized: OnnxModel,
): Map<string, ComponentPlace> {
  const graphs = placeNodes(original);
  const byName = placesByName(graphs);
  const byOutput = placesByOutput(graphs);
  const byWeight = placesByWeight(graphs);
  const found = new Map<string, ComponentPlace>();
  for (const { flow, places: own, multiplies } of placeNodes(optimized)) {
    const places = new Map<NodeInfo, ComponentPlace>();
    for (const node of flow.order) {
      // A multiplication that took in what followed it puts out that node's tensor.
      const weight = multiplies.get(node)?.weight.name ?? "";
      const place = byName.get(node.name) ?? byName.get(beforeFusion(node.name)) ??
        byWeight.get(weight) ?? firstKnown(node.outputs, byOutput) ?? namedOnly(node.name) ??
        (multiplies.has(node) ? own.get(node) : undefined);
      if (place !== undefined && place !== null) places.set(node, place);
    }
    placeBeside(flow, places);
    flow.graph.nodes.forEach((node, i) => {
      // ONNX Runtime's profiler calls a node without a name by its operation and its index.
      found.set(node.name === "" ? `${node.opType}_${i}` : node.name, places.get(node)!);
    });
  }
  return found;
}

/** The name that a node had before ONNX Runtime fused it or cut it off another. */
export function beforeFusion(name: string): string {
  return name.replace(/^fused /, "").replace(/(?:\/[A-Za-z0-9]+Fusion\/)+$/, "")
    .replace(/_token_\d+$/, "");
}

function firstKnown(
  outputs: readonly string[],
  byOutput: ReadonlyMap<string, ComponentPlace | null>,
): ComponentPlace | undefined {
  for (const output of outputs) {
    const place = byOutput.get(output);
    if (place !== undefined && place !== null) return place;
  }
  return undefined;
}

function namedOnly(name: string): ComponentPlace | undefined {
  const named = namedPlace(name);
  return named === null || named.component === null
    ? undefined
    : { layer: named.layer, component: named.component };
}
