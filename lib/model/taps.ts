/**
 * Which tensor of a graph is a component's output, so that it can be taken out while the model runs
 * (design, section 6, "Taps").
 *
 * Only outputs of whole modules are taken: a tensor inside a chain that the runtime would fuse keeps
 * it from fusing, and the graph that is looked at is no longer the one that was measured.
 *
 * @module
 */
import type { Architecture } from "./architecture.ts";
import type { NodeInfo } from "./onnx_reader.ts";
import { DataType } from "./onnx_types.ts";
import { type Scope, TapCollector } from "./taps_graph.ts";

/** A component whose output can be taken out, or why it cannot. */
export interface TapSite {
  /** Counted from 0; `null` outside the layers. */
  layer: number | null;
  /** `"q_proj"`, `"attention"`, `"lm_head"`, … */
  component: string;
  /** The tensor that it puts out, as the model file names it; `null` where it has none. */
  tensor: string | null;
  /** Output of the tapped model that holds it; `null` where there is no tensor of its own. */
  output: string | null;
  /** Why there is none; `null` where there is one. */
  reason: string | null;
}

// What is left over is no module, and has no output.
const NO_MODULE = new Set(["other", "residual", "mask_positions"]);

/** Finds the output of every component and has `collector` take it. */
export function takeModuleOutputs(
  collector: TapCollector,
  { componentOf }: Pick<Architecture, "componentOf">,
): TapSite[] {
  const groups = collector.scopes.map((scope) => componentGroups(scope, componentOf));
  const keys = new Set(groups.flatMap((byPlace) => [...byPlace.keys()]));
  const sites: TapSite[] = [];
  for (const key of keys) {
    const { layer, component } = groups.find((g) => g.has(key))!.get(key)!;
    const found = collector.scopes.map((scope, i) => {
      const nodes = groups[i]!.get(key)?.nodes ?? [];
      // What experts compute is weighed and added up under the router's name.
      const routers = component === "experts" ? groups[i]!.get(`${layer}/router`)?.nodes ?? [] : [];
      return moduleOutput(scope, component, inOrder(scope, [...nodes, ...routers]));
    });
    const tensors = found.map((one) => one.tensor);
    const output = tensors.some((tensor) => tensor !== null) ? collector.take(tensors) : null;
    const reason = output !== null
      ? null
      : found.find((one) => one.reason !== null)?.reason ?? "its element type is not known";
    const tensor = output === null ? null : tensors.find((name) => name !== null) ?? null;
    sites.push({ layer, component, tensor, output, reason });
  }
  const depth = (site: TapSite) =>
    site.layer ?? (site.component === "embed_tokens" ? -1 : Number.MAX_SAFE_INTEGER);
  return sites.sort((a, b) => depth(a) - depth(b));
}

function inOrder(scope: Scope, nodes: readonly NodeInfo[]): readonly NodeInfo[] {
  const wanted = new Set(nodes);
  return scope.nodes.filter((node) => wanted.has(node));
}

/** The nodes of one component in one layer. */
export interface ComponentGroup {
  /** Counted from 0; `null` outside the layers. */
  layer: number | null;
  component: string;
  /** In the order of the file. */
  nodes: NodeInfo[];
}

/** The nodes of a scope by layer and component. */
export function componentGroups(
  scope: Scope,
  componentOf: Architecture["componentOf"],
): Map<string, ComponentGroup> {
  const groups = new Map<string, ComponentGroup>();
  const group = (layer: number | null, component: string) => {
    const key = `${layer}/${component}`;
    if (!groups.has(key)) groups.set(key, { layer, component, nodes: [] });
    return groups.get(key)!;
  };
  for (const node of scope.nodes) {
    const place = componentOf(node.name);
    if (place === null || NO_MODULE.has(place.component)) continue;
    group(place.layer, place.component).nodes.push(node);
    if (isFusedAttention(node)) {
      // The projection and what follows are one node, which is listed under one of the two.
      for (const component of ["qkv_proj", "attention"]) {
        const both = group(place.layer, component);
        if (!both.nodes.includes(node)) both.nodes.push(node);
      }
    }
  }
  return groups;
}

/** Whether a node is ONNX Runtime's `Attention`, which multiplies by the weights of q, k and v. */
export function isFusedAttention(node: NodeInfo): boolean {
  return node.opType === "Attention" && node.ints.has("num_heads");
}

interface Found {
  tensor: string | null;
  reason: string | null;
}

function moduleOutput(scope: Scope, component: string, nodes: readonly NodeInfo[]): Found {
  const none = (reason: string): Found => ({ tensor: null, reason });
  if (nodes.length === 0) return { tensor: null, reason: null };
  const fused = nodes.find(isFusedAttention);
  if (fused !== undefined && component === "qkv_proj") {
    return none("it is computed inside the fused operation Attention");
  }
  const own = component === "router" ? nodes.filter((n) => /MatMul|Gemm/.test(n.opType)) : nodes;
  const last = lastOutput(scope, own.length > 0 ? own : nodes);
  if (last === null) return none("no tensor leaves it");
  const type = scope.types.get(last);
  if (type === undefined) return none("the element type of its output is not known");
  if (type !== DataType.FLOAT && type !== DataType.FLOAT16) {
    return none(`its output is of ONNX's element type ${type}, which has no number in JavaScript`);
  }
  return { tensor: last, reason: null };
}

// What leaves the group of nodes, and leads to nothing else that does: the bias added last, the
// last reshape, not the keys that go to the cache.
function lastOutput(scope: Scope, nodes: readonly NodeInfo[]): string | null {
  const inside = new Set(nodes);
  const leaves = (tensor: string) =>
    scope.outputs.includes(tensor) ||
    (scope.consumers.get(tensor) ?? []).some((node) => !inside.has(node));
  const isNumber = (tensor: string) => {
    const type = scope.types.get(tensor);
    return type !== DataType.INT64 && type !== DataType.INT32 && type !== DataType.BOOL;
  };
  const leads = new Set<NodeInfo>();
  let cached: string | null = null;
  let last: string | null = null;
  for (const node of [...nodes].reverse()) {
    for (const tensor of node.outputs) {
      if (tensor === "" || !isNumber(tensor) || isConstant(scope, node)) continue;
      const followers = (scope.consumers.get(tensor) ?? []).filter((next) => inside.has(next));
      const onward = followers.some((next) => leads.has(next));
      if (onward || leaves(tensor)) leads.add(node);
      if (onward || !leaves(tensor) || last !== null) continue;
      if (/^present/.test(tensor)) cached ??= tensor;
      else last = tensor;
    }
  }
  return last ?? cached;
}

function isConstant(scope: Scope, node: NodeInfo): boolean {
  return node.inputs.every((input) => input === "" || isConstantTensor(scope, input));
}

function isConstantTensor(scope: Scope, tensor: string): boolean {
  return scope.producers.get(tensor)?.opType === "Constant";
}
