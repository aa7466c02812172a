import { readOnnx } from "./onnx_reader.ts";
import type { GraphInfo } from "./onnx_reader.ts";

/** How many nodes of each operator a model file has, those in branches included. */
export function operationCounts(onnxPath: string): Map<string, number> {
  const counts = new Map<string, number>();
  const visit = (graph: GraphInfo) => {
    for (const node of graph.nodes) {
      counts.set(node.opType, (counts.get(node.opType) ?? 0) + 1);
      node.subgraphs.forEach(visit);
    }
  };
  visit(readOnnx(onnxPath).graph);
  return counts;
}
