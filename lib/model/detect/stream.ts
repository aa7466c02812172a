/**
 * The stream of hidden states through a graph, from the embedding to the logits; what lies beside
 * it are masks, positions and shapes.
 *
 * @module
 */
import type { NodeInfo, TensorInfo } from "../onnx_reader.ts";
import type { Flow } from "./flow.ts";
import { throughCasts } from "./multiply.ts";

/** A table of which a token's id chooses a row. */
export interface Embedding {
  node: NodeInfo;
  weight: TensorInfo;
}

const READS_NO_VALUES = /^(Shape|Size)$/;

/** The nodes that carry what became of the embedding. */
export function hiddenStream(flow: Flow, embedding: Embedding | null): Set<NodeInfo> {
  const hidden = new Set<NodeInfo>();
  const given = embedding !== null ? new Set<string>() : givenStates(flow);
  for (const node of flow.order) {
    if (READS_NO_VALUES.test(node.opType)) continue;
    const isHidden = node === embedding?.node ||
      node.inputs.some((input) => given.has(input)) ||
      flow.producersOf(node).some((producer) => hidden.has(producer));
    if (isHidden) hidden.add(node);
  }
  return hidden;
}

/** The look-up of the tokens' embedding: the one by `input_ids`, else the one in the largest table. */
export function tokenEmbedding(flow: Flow): Embedding | null {
  let best: Embedding | null = null;
  for (const node of flow.order) {
    if (!/^(Gather|GatherBlockQuantized|EmbedLayerNormalization)$/.test(node.opType)) continue;
    const isLayerNorm = node.opType === "EmbedLayerNormalization";
    const table = throughCasts(node.inputs[isLayerNorm ? 2 : 0] ?? "", flow)?.weight;
    // Packed numbers of four bits may stand in blocks, in a third dimension.
    const isTable = table?.dims.length === 2 ||
      (table?.dims.length === 3 && node.opType === "GatherBlockQuantized");
    if (table === undefined || !isTable) continue;
    const ids = sourceOf(node.inputs[isLayerNorm ? 0 : 1] ?? "", flow);
    if (ids === null) continue;
    if (/input_ids|^ids$|^tokens?$/.test(ids)) return { node, weight: table };
    if (best === null || table.dims[0]! > best.weight.dims[0]!) best = { node, weight: table };
  }
  return best;
}

// The input that a tensor is a reshaped copy of.
function sourceOf(tensor: string, flow: Flow): string | null {
  let name = tensor;
  for (let steps = 0; steps < 8; steps++) {
    const producer = flow.producer(name);
    if (producer === undefined) return flow.weight(name) === undefined ? name : null;
    if (!/^(Cast|Reshape|Unsqueeze|Squeeze|Identity|Flatten)$/.test(producer.opType)) return null;
    name = producer.inputs[0] ?? "";
  }
  return null;
}

// Where embeddings are given as an input: numbers in three dimensions that are no cache.
function givenStates(flow: Flow): Set<string> {
  const FLOATS = new Set([1, 10, 16]);
  return new Set(
    flow.graph.inputs
      .filter(({ name, dataType, dims }) =>
        FLOATS.has(dataType) && dims.length === 3 && !/past|cache|mask/.test(name)
      )
      .map(({ name }) => name),
  );
}
