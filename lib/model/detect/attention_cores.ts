/**
 * Attention by its shape: one fused operation, or a softmax between two products without weights.
 *
 * @module
 */
import type { NodeInfo } from "../onnx_reader.ts";
import type { Flow } from "./flow.ts";

/** Scores, softmax and values of one layer. */
export interface AttentionCore {
  /** What takes queries and keys. */
  first: NodeInfo;
  /** What puts out the weighted values; the same node where it is fused. */
  last: NodeInfo;
  softmax: NodeInfo | null;
  /** The tensors that queries, keys and values come in by; none where projections are inside. */
  queries: readonly string[];
  keys: readonly string[];
  values: readonly string[];
}

const FUSED =
  /^(GroupQueryAttention|(DecoderMasked|Packed)?MultiHeadAttention|PagedAttention|SparseAttention|Q?Attention|PackedAttention|DecoderMaskedSelfAttention)$/;
const PRODUCT = /MatMul|^Einsum$/;
const SOFTMAX = /Softmax$/;
const REACH = 48; // nodes between a product and its softmax; torch's masks and caps take about 20

/** The cores of a graph in the order of the flow. */
export function attentionCores(
  flow: Flow,
  hidden: ReadonlySet<NodeInfo>,
  isWeighted: (node: NodeInfo) => boolean,
): AttentionCore[] {
  const cores: AttentionCore[] = [];
  const isProduct = (node: NodeInfo) => PRODUCT.test(node.opType) && !isWeighted(node);
  for (const node of flow.order) {
    if (!hidden.has(node)) continue;
    if (FUSED.test(node.opType)) {
      const [q = "", k = "", v = ""] = isWeighted(node) ? [] : node.inputs;
      const isPacked = k === "" && v === "";
      cores.push({
        first: node,
        last: node,
        softmax: null,
        queries: [q].filter(Boolean),
        keys: (isPacked ? [q] : [k]).filter(Boolean),
        values: (isPacked ? [q] : [v]).filter(Boolean),
      });
    } else if (SOFTMAX.test(node.opType)) {
      const first = nearest(node, (n) => flow.producersOf(n), isProduct, isWeighted, hidden);
      const last = nearest(node, (n) => flow.consumersOf(n), isProduct, isWeighted, hidden);
      if (first === null || last === null) continue;
      const [a = "", b = ""] = first.inputs;
      // The cache joins keys; a product that is turned over has them first.
      const isTurned = fromCache(a, flow, isWeighted) && !fromCache(b, flow, isWeighted);
      cores.push({
        first,
        last,
        softmax: node,
        queries: [isTurned ? b : a],
        keys: [isTurned ? a : b],
        values: last.inputs.filter((input) => !leadsTo(input, node, flow)),
      });
    }
  }
  return cores;
}

function nearest(
  start: NodeInfo,
  next: (node: NodeInfo) => readonly NodeInfo[],
  isWanted: (node: NodeInfo) => boolean,
  isBarrier: (node: NodeInfo) => boolean,
  hidden: ReadonlySet<NodeInfo>,
): NodeInfo | null {
  const queue = [...next(start)];
  const seen = new Set<NodeInfo>(queue);
  for (let i = 0; i < queue.length && i < REACH; i++) {
    const node = queue[i]!;
    if (!hidden.has(node) || isBarrier(node) || FUSED.test(node.opType)) continue;
    if (isWanted(node)) return node;
    for (const other of next(node)) {
      if (seen.has(other)) continue;
      seen.add(other);
      queue.push(other);
    }
  }
  return null;
}

function fromCache(tensor: string, flow: Flow, isBarrier: (node: NodeInfo) => boolean): boolean {
  const inputs = new Set(
    flow.graph.inputs.filter((input) => input.dims.length >= 3).map((input) => input.name),
  );
  const queue = [tensor];
  const seen = new Set(queue);
  for (let i = 0; i < queue.length && i < REACH; i++) {
    if (inputs.has(queue[i]!)) return true;
    const producer = flow.producer(queue[i]!);
    if (producer === undefined || isBarrier(producer)) continue;
    for (const input of producer.inputs) {
      if (!seen.has(input)) queue.push(input);
      seen.add(input);
    }
  }
  return false;
}

function leadsTo(tensor: string, wanted: NodeInfo, flow: Flow): boolean {
  const queue = [flow.producer(tensor)];
  const seen = new Set(queue);
  for (let i = 0; i < queue.length && i < REACH; i++) {
    const node = queue[i];
    if (node === undefined) continue;
    if (node === wanted) return true;
    if (PRODUCT.test(node.opType)) continue;
    for (const producer of flow.producersOf(node)) {
      if (!seen.has(producer)) queue.push(producer);
      seen.add(producer);
    }
  }
  return false;
}
