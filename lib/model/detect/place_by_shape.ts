/**
 * Which component each multiplication with weights is, told from the shape of the graph alone, as
 * for models without names: attention is found first, then what feeds it and what follows it.
 *
 * @module
 */
import type { NodeInfo } from "../onnx_reader.ts";
import { type AttentionCore, attentionCores } from "./attention_cores.ts";
import { labelFeedForward } from "./feed_forward.ts";
import type { Flow } from "./flow.ts";
import type { WeightedMultiply } from "./multiply.ts";
import type { ComponentPlace } from "./place.ts";

// The stream of residuals passes every layer: a walk along it ends after so many nodes.
const REACH = 512;

/** What the shape of a graph tells. */
export interface ShapeOfGraph {
  numLayers: number;
  /** Places of multiplications, with weights or within attention. */
  places: Map<NodeInfo, ComponentPlace>;
}

/** Walks the graph from its attention cores. */
export function placeByShape(
  flow: Flow,
  hidden: ReadonlySet<NodeInfo>,
  multiplies: ReadonlyMap<NodeInfo, WeightedMultiply>,
): ShapeOfGraph {
  const weighted = new Set([...multiplies.keys()].filter((node) => hidden.has(node)));
  const cores = attentionCores(flow, hidden, (node) => weighted.has(node));
  const { before, after, numLayers } = layersOf(flow, cores);
  const places = new Map<NodeInfo, ComponentPlace>();
  const near = neighbours(flow, hidden, weighted, cores);

  for (const core of cores) {
    const layer = before.get(core.first)!;
    const queries = near.weightsBehind(core.queries);
    const keys = near.weightsBehind(core.keys);
    const values = near.weightsBehind(core.values);
    for (const node of new Set([...queries, ...keys, ...values])) {
      const isBoth = [...keys].some((other) => values.has(other) && !queries.has(other));
      const component = projection(
        queries.has(node),
        keys.has(node) || (isBoth && values.has(node)),
        values.has(node) || (isBoth && keys.has(node)),
      );
      places.set(node, { layer, component });
    }
    for (const node of [core.first, core.softmax, core.last]) {
      if (node === null) continue;
      places.set(node, { layer, component: weighted.has(node) ? "qkv_proj" : "attention" });
    }
  }
  for (const core of cores) {
    const following = [...near.weightsAhead(core.last)].filter((node) => !places.has(node));
    const layer = before.get(core.first)!;
    if (following.length === 1) places.set(following[0]!, { layer, component: "o_proj" });
  }
  placeLowRankHalves(weighted, places, near);

  const feedForward = new Map<number, NodeInfo[]>();
  for (const node of flow.order) {
    if (!weighted.has(node) || places.has(node)) continue;
    const behind = before.get(node)!;
    const ahead = after.get(node)!;
    const isLast = behind === numLayers && near.weightsAhead(node, 0).size === 0;
    if (isLast) places.set(node, { layer: null, component: "lm_head" });
    else if (behind === 0 && ahead === 0) {
      places.set(node, { layer: null, component: "embed_tokens" });
    } else {
      // What feeds the next attention comes after that of its layer; what does not is beside it.
      const isBeside = behind < numLayers && ahead !== behind;
      const layer = isBeside ? behind : behind - 1;
      const known = feedForward.get(layer);
      if (known === undefined) feedForward.set(layer, [node]);
      else known.push(node);
    }
  }
  for (const [layer, nodes] of feedForward) {
    for (const [node, component] of labelFeedForward(nodes, flow, near, multiplies)) {
      places.set(node, { layer, component });
    }
  }
  return { numLayers, places };
}

function projection(isQuery: boolean, isKey: boolean, isValue: boolean): string {
  if (isQuery && (isKey || isValue)) return "qkv_proj";
  if (isKey && isValue) return "kv_proj";
  return isQuery ? "q_proj" : isKey ? "k_proj" : "v_proj";
}

// DeepSeek projects queries by two matrices in a row; both are the projection.
function placeLowRankHalves(
  weighted: ReadonlySet<NodeInfo>,
  places: Map<NodeInfo, ComponentPlace>,
  near: Neighbours,
): void {
  for (const node of weighted) {
    if (places.has(node)) continue;
    const ahead = [...near.weightsAhead(node, 1)].map((next) => places.get(next));
    const [place] = ahead;
    const isHalf = place !== undefined &&
      ahead.every((other) =>
        other?.layer === place.layer && /^(q|k|v|kv)_proj$/.test(other?.component ?? "")
      );
    if (isHalf && ahead.length === 1) places.set(node, place);
  }
}

/** Layers passed before each node, and the first attention that its result reaches. */
function layersOf(
  flow: Flow,
  cores: readonly AttentionCore[],
): { before: Map<NodeInfo, number>; after: Map<NodeInfo, number>; numLayers: number } {
  const ends = new Map(cores.map((core) => [core.last, core]));
  const before = new Map<NodeInfo, number>();
  const passed = (node: NodeInfo) =>
    ends.has(node)
      ? Math.max(before.get(ends.get(node)!.first) ?? 0, before.get(node)!) + 1
      : before.get(node)!;
  let numLayers = 0;
  for (const node of flow.order) {
    const layers = flow.producersOf(node).map(passed);
    before.set(node, layers.reduce((most, layer) => Math.max(most, layer), 0));
    if (ends.has(node)) numLayers = Math.max(numLayers, passed(node));
  }
  const after = new Map<NodeInfo, number>();
  for (const core of cores) {
    for (const node of [core.first, core.last]) after.set(node, before.get(core.first)!);
  }
  for (const node of flow.order.toReversed()) {
    const own = after.get(node) ?? Infinity;
    const ahead = flow.consumersOf(node).map((consumer) => after.get(consumer)!);
    after.set(node, ahead.reduce((least, layer) => Math.min(least, layer), own));
  }
  return { before, after, numLayers };
}

/** The multiplications next to a node, with nothing but light operations between. */
export interface Neighbours {
  weightsBehind(tensors: readonly string[]): Set<NodeInfo>;
  /** Ends once it has found more than `most`. */
  weightsAhead(node: NodeInfo, most?: number): Set<NodeInfo>;
}

function neighbours(
  flow: Flow,
  hidden: ReadonlySet<NodeInfo>,
  weighted: ReadonlySet<NodeInfo>,
  cores: readonly AttentionCore[],
): Neighbours {
  const coreEnds = new Set(cores.flatMap((core) => [core.first, core.last]));
  const walk = (
    start: readonly NodeInfo[],
    next: (node: NodeInfo) => readonly NodeInfo[],
    most = Infinity,
  ) => {
    const found = new Set<NodeInfo>();
    const seen = new Set(start);
    const queue = [...start];
    for (let i = 0; i < queue.length && i < REACH && found.size <= most; i++) {
      const node = queue[i]!;
      if (!hidden.has(node)) continue;
      if (weighted.has(node)) found.add(node);
      if (weighted.has(node) || coreEnds.has(node)) continue;
      for (const other of next(node)) {
        if (!seen.has(other)) queue.push(other);
        seen.add(other);
      }
    }
    return found;
  };
  return {
    weightsBehind: (tensors) =>
      walk(
        tensors.flatMap((tensor) => flow.producer(tensor) ?? []),
        (node) => flow.producersOf(node),
      ),
    weightsAhead: (node, most) =>
      walk(flow.consumersOf(node), (other) => flow.consumersOf(other), most),
  };
}
