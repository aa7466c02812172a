/**
 * Which tensors the deep metrics need: attention weights, what goes into the MLP's activation, what
 * goes into and out of norms, what the router says. What the graph does not show is reported with
 * the reason.
 *
 * These lie inside chains that the runtime may fuse; taking them out can keep it from that.
 *
 * @module
 */
import type { Architecture } from "./architecture.ts";
import type { NodeInfo } from "./onnx_reader.ts";
import { DataType } from "./onnx_types.ts";
import { type ComponentGroup, componentGroups, isFusedAttention } from "./taps.ts";
import { type ByScope, optionalOutput, type Scope, type TapCollector } from "./taps_graph.ts";
import { gateOf } from "./taps_gate.ts";
import { type RoutingTap, takeRouting } from "./taps_routing.ts";

/** The attention of a layer. */
export interface AttentionTap {
  /** Counted from 0. */
  layer: number;
  /** Output with one row per head and query; `null` where there is none. */
  output: string | null;
  /** Whether rows are weights, or scores that a softmax turns into weights. */
  rows: "weights" | "scores";
  /** Why there is no output. */
  reason: string | null;
}

/** What goes into the activation of a layer's MLP. */
export interface GateTap {
  /** Counted from 0. */
  layer: number;
  /** One output, or one for each expert; empty where there is none. */
  outputs: string[];
  /** Why there is none. */
  reason: string | null;
}

/** What goes into a norm and comes out of it. */
export interface NormTap {
  /** Counted from 0; `null` outside the layers. */
  layer: number | null;
  /** `"input_layernorm"`, `"final_norm"`, … */
  component: string;
  /** Output that holds what goes in. */
  input: string | null;
  /** Output that holds what comes out. */
  output: string | null;
  /** Why one of them is missing. */
  reason: string | null;
}

/** All tensors of the deep metrics. */
export interface DeepTaps {
  /** One for each layer with attention. */
  attention: AttentionTap[];
  /** One for each layer with an MLP. */
  gates: GateTap[];
  /** One for each norm. */
  norms: NormTap[];
  /** One for each layer with experts. */
  routing: RoutingTap[];
}

type Groups = readonly ReadonlyMap<string, ComponentGroup>[];

/** Finds the tensors of the deep metrics and has `collector` take them. */
export function takeDeep(
  collector: TapCollector,
  { componentOf }: Pick<Architecture, "componentOf">,
): DeepTaps {
  const groups = collector.scopes.map((scope) => componentGroups(scope, componentOf));
  const places = new Map(groups.flatMap((g) => [...g]));
  const layers = [...new Set([...places.values()].map((g) => g.layer))]
    .filter((layer) => layer !== null).sort((a, b) => a - b);
  const has = (layer: number, component: string) => places.has(`${layer}/${component}`);
  return {
    attention: layers.filter((layer) => has(layer, "attention"))
      .map((layer) => attentionTap(collector, groups, layer)),
    gates: layers.filter((layer) => has(layer, "activation") || has(layer, "experts"))
      .map((layer) => gateTap(collector, groups, layer)),
    norms: [...places.values()].filter((group) => /norm/.test(group.component))
      .map((group) => normTap(collector, groups, group.layer, group.component)),
    routing: layers.filter((layer) => has(layer, "router") || has(layer, "experts"))
      .map((layer) => takeRouting(collector, groups, layer)),
  };
}

/** The nodes of a component in a scope. */
function nodesOf(
  groups: Groups,
  scope: number,
  layer: number | null,
  component: string,
): readonly NodeInfo[] {
  return groups[scope]!.get(`${layer}/${component}`)?.nodes ?? [];
}

function attentionTap(collector: TapCollector, groups: Groups, layer: number): AttentionTap {
  let rows: AttentionTap["rows"] = "weights";
  let reason: string | null = null;
  const tensors: ByScope = collector.scopes.map((scope, i) => {
    const nodes = nodesOf(groups, i, layer, "attention");
    const softmax = nodes.find((node) => node.opType === "Softmax");
    if (softmax !== undefined) return softmax.outputs[0]!;
    const fused = nodes.find((node) => /Attention$/.test(node.opType));
    // ONNX Runtime's operators hand out what they computed when they are asked: scores with the
    // mask added (MultiHeadAttention, output 3), or weights (GroupQueryAttention, qk_output = 2).
    if (fused?.opType === "MultiHeadAttention") {
      rows = "scores";
      return optionalOutput(scope, fused, 3);
    }
    if (fused?.opType === "GroupQueryAttention") {
      if (fused.ints.get("sliding_window_cache") === 1) {
        reason ??= "GroupQueryAttention does not hand out weights over a sliding cache";
        return null;
      }
      return optionalOutput(scope, fused, 3, [["qk_output", 2]]);
    }
    if (fused?.opType === "Attention" && !isFusedAttention(fused)) {
      // The standard operator since opset 23: mode 3 is "after softmax".
      return optionalOutput(scope, fused, 3, [["qk_matmul_output_mode", 3]]);
    }
    reason ??= fused === undefined
      ? "the graph has no softmax there"
      : `the fused operation ${fused.opType} hands out neither its weights nor its queries`;
    return null;
  });
  return { layer, rows, ...taken(collector.take(tensors), reason) };
}

function taken(
  output: string | null,
  reason: string | null,
): { output: string | null; reason: string | null } {
  if (output !== null) return { output, reason: null };
  return { output, reason: reason ?? "the element type of its tensor is not known" };
}

function gateTap(collector: TapCollector, groups: Groups, layer: number): GateTap {
  const found = collector.scopes.map((scope, i) =>
    gateOf(scope, [
      ...nodesOf(groups, i, layer, "activation"),
      ...nodesOf(groups, i, layer, "experts"),
    ])
  );
  const count = Math.max(...found.map((one) => one.tensors.length));
  const outputs: string[] = [];
  for (let n = 0; n < count; n++) {
    const output = collector.take(found.map((one) => one.tensors[n] ?? null));
    if (output !== null) outputs.push(output);
  }
  if (outputs.length > 0) return { layer, outputs, reason: null };
  const reason = found.find((one) => one.reason !== null)?.reason ?? null;
  return { layer, outputs, reason: reason ?? "the element type of its tensor is not known" };
}

function normTap(
  collector: TapCollector,
  groups: Groups,
  layer: number | null,
  component: string,
): NormTap {
  const ends = collector.scopes.map((scope, i) =>
    normEnds(scope, nodesOf(groups, i, layer, component))
  );
  const input = collector.take(ends.map((end) => end?.input ?? null));
  const output = collector.take(ends.map((end) => end?.output ?? null));
  const reason = input === null || output === null
    ? "its input and output cannot be told apart in the graph"
    : null;
  return { layer, component, input, output, reason };
}

function isNumber(scope: Scope, tensor: string): boolean {
  const type = scope.types.get(tensor);
  return type === DataType.FLOAT || type === DataType.FLOAT16;
}

function normEnds(
  scope: Scope,
  nodes: readonly NodeInfo[],
): { input: string; output: string } | null {
  const op = nodes.find((node) => /(Layer|RMS)Normalization$/.test(node.opType));
  if (op !== undefined && /^Embed/.test(op.opType)) return null;
  if (op !== undefined && /^Skip/.test(op.opType)) {
    // What is normalised is the sum, which the operator hands out as its output 3.
    return { input: optionalOutput(scope, op, 3), output: op.outputs[0]! };
  }
  if (op !== undefined) return { input: op.inputs[0]!, output: op.outputs[0]! };
  const inside = new Set(nodes.flatMap((node) => node.outputs));
  const entering = new Set(
    nodes.flatMap((node) => node.inputs).filter((name) =>
      name !== "" && !inside.has(name) && isNumber(scope, name) &&
      scope.producers.get(name)?.opType !== "Constant" && scope.producers.has(name)
    ),
  );
  const leaving = nodes.flatMap((node) => node.outputs).filter((name) =>
    scope.outputs.includes(name) ||
    (scope.consumers.get(name) ?? []).some((node) => !nodes.includes(node))
  );
  const output = leaving.at(-1);
  if (entering.size !== 1 || output === undefined) return null;
  return { input: [...entering][0]!, output };
}
