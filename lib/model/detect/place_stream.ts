/**
 * Which component the light operations of the hidden stream belong to whose names do not tell it:
 * norms, biases, activations and residuals by the multiplications around them.
 *
 * @module
 */
import type { NodeInfo } from "../onnx_reader.ts";
import type { Flow } from "./flow.ts";
import { throughCasts } from "./multiply.ts";
import { QUANTIZES } from "./place_beside.ts";
import { commonPlace, type ComponentPlace } from "./place.ts";

type Places = Map<NodeInfo, ComponentPlace>;

const NORM = /Norm|^ReduceMean$|^(Rsqrt|ReciprocalSqrt)$/;
const INTO_ATTENTION = /^(q|k|v|kv|qkv)_proj$/;
const INTO_FEED_FORWARD = /^(gate_proj|up_proj|gate_up_proj|fc1|router|experts)$/;
const OUT_OF_BLOCK = /^(o_proj|down_proj|fc2|experts)$/;
const MOST = 12; // anchors around a node; what has more of them is the stream of residuals

/**
 * Places the unplaced nodes of the hidden stream by the multiplications before and after them
 * (`anchors`).
 */
export function placeStream(
  flow: Flow,
  hidden: ReadonlySet<NodeInfo>,
  anchors: ReadonlyMap<NodeInfo, ComponentPlace>,
  places: Places,
): void {
  const stream = flow.order.filter((node) => hidden.has(node));
  const behind = around(stream, anchors, (node) => flow.producersOf(node));
  // A skip norm's further outputs are the stream that goes past the block.
  const ahead = around(
    stream.toReversed(),
    anchors,
    (node) => /^Skip/.test(node.opType) ? flow.takersOf(node.outputs[0]!) : flow.consumersOf(node),
  );
  const open = stream.filter((node) => !places.has(node) && !QUANTIZES.test(node.opType));
  const groups = new Map<string, { behind: Around; ahead: Around; nodes: NodeInfo[] }>();
  for (const node of open) {
    const own = { behind: behind.get(node)!, ahead: ahead.get(node)!, nodes: [node] };
    const key = `${keyOf(own.behind)} ${keyOf(own.ahead)}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, own);
    else known.nodes.push(node);
  }
  const normed = [...groups.values()].map((group) => ({
    ...group,
    hasNorm: group.nodes.some((node) => NORM.test(node.opType)),
  }));
  const outerNorms = new Set<number | null>();
  for (const { behind, ahead, hasNorm } of normed) {
    const place = afterOne(behind, ahead, hasNorm);
    if (place?.component === "post_feedforward_layernorm") outerNorms.add(place.layer);
  }
  for (const group of normed) {
    const inNorm = group.hasNorm ? normsIn(group.nodes, flow, hidden) : null;
    for (const node of group.nodes) {
      const place = biasOf(node, flow, places, anchors) ??
        afterOne(group.behind, group.ahead, group.hasNorm, inNorm?.has(node)) ??
        (isResidual(node, flow, hidden) ? null : beforeOne(group.ahead, group.hasNorm, outerNorms));
      if (place !== null) places.set(node, place);
    }
  }
  // What is left adds to the stream: it belongs to the layer that it comes from.
  for (const node of open) {
    if (places.has(node)) continue;
    const before = flow.producersOf(node).map((producer) => places.get(producer));
    const layers = before.flatMap((place) => place?.layer ?? []);
    if (layers.length > 0) {
      places.set(node, { layer: Math.max(...layers), component: "residual" });
    } else {
      const outside = commonPlace(before.filter((place) => place !== undefined));
      if (outside !== null) places.set(node, outside);
    }
  }
}

/** The anchors next to a node; `null` for more than can be told apart. */
type Around = ReadonlySet<ComponentPlace> | null;

function around(
  order: readonly NodeInfo[],
  anchors: ReadonlyMap<NodeInfo, ComponentPlace>,
  next: (node: NodeInfo) => readonly NodeInfo[],
): Map<NodeInfo, Around> {
  const found = new Map<NodeInfo, Around>();
  const inStream = new Set(order);
  const single = new Map<string, ReadonlySet<ComponentPlace>>();
  const alone = (place: ComponentPlace) => {
    const key = `${place.layer} ${place.component}`;
    if (!single.has(key)) single.set(key, new Set([place]));
    return single.get(key)!;
  };
  for (const node of order) {
    const sets = new Set<Around>();
    for (const other of next(node)) {
      if (!inStream.has(other)) continue;
      const anchor = anchors.get(other);
      sets.add(anchor === undefined ? found.get(other) ?? null : alone(anchor));
    }
    found.set(node, sets.size === 1 ? [...sets][0]! : union(sets));
  }
  return found;
}

function union(sets: ReadonlySet<Around>): Around {
  const all = new Map<string, ComponentPlace>();
  for (const set of sets) {
    if (set === null) return null;
    for (const place of set) all.set(`${place.layer} ${place.component}`, place);
  }
  return all.size > MOST ? null : new Set(all.values());
}

function keyOf(places: Around): string {
  return places === null
    ? "*"
    : [...places].map((place) => `${place.layer}:${place.component}`).sort().join();
}

// Where all that comes in was made by one component (or by the parts of one block).
function afterOne(
  behind: Around,
  ahead: Around,
  hasNorm: boolean,
  isNorm = hasNorm,
): ComponentPlace | null {
  const [first] = behind ?? [];
  if (behind === null || first === undefined) return null;
  const { layer } = first;
  if ([...behind].some((place) => place.layer !== layer)) return null;
  const names = [...behind].map((place) => place.component);
  const all = (pattern: RegExp) => names.every((name) => pattern.test(name));
  if (all(/^embed_tokens$/)) return hasNorm && ahead?.size !== 0 ? null : first;
  if (all(/^(lm_head|final_norm)$/)) return first;
  if (layer === null) return null;
  if (all(/^(gate_proj|up_proj|gate_up_proj|fc1)$/)) return { layer, component: "activation" };
  if (names.length === 1 && isNorm && /^[qk]_proj$/.test(names[0]!)) {
    return { layer, component: names[0] === "q_proj" ? "q_norm" : "k_norm" };
  }
  if (all(/^((q|k|v|kv|qkv)_proj|attention)$/)) return { layer, component: "attention" };
  if (all(/^(router|experts)$/)) {
    return names.length === 1 ? first : { layer, component: "experts" };
  }
  if (names.length > 1) return null;
  if (names[0] === "o_proj") {
    return hasNorm ? { layer, component: "post_attention_layernorm" } : first;
  }
  if (/^(down_proj|fc2)$/.test(names[0]!)) {
    return hasNorm ? { layer, component: "post_feedforward_layernorm" } : first;
  }
  return null;
}

// Where all that goes out goes into one block: its norm. Gemma 2 has norms on both sides of each
// block (`outerNorms`); there the one after attention has the usual name of the one before the MLP.
function beforeOne(
  ahead: Around,
  hasNorm: boolean,
  outerNorms: ReadonlySet<number | null>,
): ComponentPlace | null {
  const [first] = ahead ?? [];
  if (ahead === null || first === undefined || !hasNorm) return null;
  if ([...ahead].every((place) => place.component === "lm_head")) {
    return { layer: null, component: "final_norm" };
  }
  const { layer } = first;
  if (layer === null || [...ahead].some((place) => place.layer !== layer)) return null;
  const names = [...ahead].map((place) => place.component);
  if (!names.every((name) => INTO_ATTENTION.test(name) || INTO_FEED_FORWARD.test(name))) {
    return null;
  }
  const component = names.some((name) => INTO_ATTENTION.test(name))
    ? "input_layernorm"
    : outerNorms.has(layer)
    ? "pre_feedforward_layernorm"
    : "post_attention_layernorm";
  return { layer, component };
}

// Rotary positions follow the norm of queries and keys: it ends where its scale is multiplied in.
function normsIn(
  nodes: readonly NodeInfo[],
  flow: Flow,
  hidden: ReadonlySet<NodeInfo>,
): Set<NodeInfo> {
  const own = new Set(nodes);
  const found = new Set(nodes.filter((node) => NORM.test(node.opType)));
  for (const node of [...found]) {
    for (let before: NodeInfo | undefined = node; before !== undefined;) {
      before = flow.producersOf(before).find((producer) =>
        own.has(producer) && /^(Pow|Mul|Sub|Cast)$/.test(producer.opType) && !found.has(producer)
      );
      if (before !== undefined) found.add(before);
    }
  }
  for (const node of found) {
    if (/Norm/.test(node.opType)) continue;
    const isScale = node.opType === "Mul" &&
      flow.producersOf(node).filter((producer) => hidden.has(producer)).length === 1;
    if (isScale) continue;
    for (const next of flow.consumersOf(node)) if (own.has(next)) found.add(next);
  }
  return found;
}

function biasOf(
  node: NodeInfo,
  flow: Flow,
  places: Places,
  anchors: ReadonlyMap<NodeInfo, ComponentPlace>,
): ComponentPlace | null {
  if (node.opType !== "Add") return null;
  const hasBias = node.inputs.some((input) => throughCasts(input, flow)?.weight.dims.length === 1);
  if (!hasBias) return null;
  for (const producer of flow.producersOf(node)) {
    const place = anchors.get(producer) ??
      (/^(Reshape|Cast|Mul)$/.test(producer.opType) ? places.get(producer) : undefined);
    if (place !== undefined && /proj|fc\d|lm_head|router|experts/.test(place.component)) {
      return place;
    }
  }
  return null;
}

/** Whether a node adds what a block put out to the stream that went past it. */
export function isResidual(
  node: NodeInfo,
  flow: Flow,
  hidden: ReadonlySet<NodeInfo>,
): boolean {
  if (node.opType !== "Add") return false;
  return new Set(flow.producersOf(node).filter((producer) => hidden.has(producer))).size >= 2;
}

/** Whether one of the summands comes straight from the end of a block. */
export function addsBlock(
  node: NodeInfo,
  flow: Flow,
  places: ReadonlyMap<NodeInfo, ComponentPlace>,
): boolean {
  return flow.producersOf(node).some((producer) =>
    OUT_OF_BLOCK.test(places.get(producer)?.component ?? "") ||
    /^post_.*norm$/.test(places.get(producer)?.component ?? "")
  );
}
