/**
 * What a router of experts says, and whom it chooses.
 *
 * @module
 */
import type { NodeInfo } from "./onnx_reader.ts";
import type { ComponentGroup } from "./taps.ts";
import type { Scope, TapCollector } from "./taps_graph.ts";

/** The router of a layer. */
export interface RoutingTap {
  /** Counted from 0. */
  layer: number;
  /** Output with one row per token and one value per expert; `null` where there is none. */
  output: string | null;
  /** Whether these are probabilities, or logits that a softmax turns into them. */
  rows: "probabilities" | "logits";
  /** Experts chosen by the graph, one row per token; `null`: the `experts` largest values. */
  chosen: string | null;
  /** Weights of `chosen`. */
  weights: string | null;
  /** How many experts a fused operation chooses; `null` where `chosen` tells. */
  experts: number | null;
  /** Whether a fused operation makes the weights of those chosen add up to 1. */
  normalized: boolean;
  /** Why there is nothing. */
  reason: string | null;
}

/** Finds the tensors of a layer's router and has `collector` take them. */
export function takeRouting(
  collector: TapCollector,
  groups: readonly ReadonlyMap<string, ComponentGroup>[],
  layer: number,
): RoutingTap {
  const scope = collector.scopes[0]!;
  const nodes = ["router", "experts"].flatMap((component) =>
    groups[0]!.get(`${layer}/${component}`)?.nodes ?? []
  );
  const none: RoutingTap = {
    layer,
    output: null,
    rows: "logits",
    chosen: null,
    weights: null,
    experts: null,
    normalized: false,
    reason: "the graph shows neither TopK nor a fused mixture of experts there",
  };
  if (collector.scopes.length > 1) return { ...none, reason: "it lies in branches of the graph" };

  const fused = nodes.find((node) => /^Q?MoE$/.test(node.opType));
  if (fused !== undefined) {
    if (fused.ints.get("use_sparse_mixer") === 1) {
      return { ...none, reason: `${fused.opType} routes with a sparse mixer` };
    }
    return answered({
      ...none,
      output: collector.take([fused.inputs[1]!]),
      experts: fused.ints.get("k") ?? 1,
      normalized: fused.ints.get("normalize_routing_weights") === 1,
    });
  }
  const choice = nodes.find((node) => node.opType === "TopK");
  if (choice === undefined) return none;
  const ranked = choice.inputs[0]!;
  const softmax = throughShapes(scope, ranked);
  const isProbability = softmax?.opType === "Softmax";
  const chosen = choice.outputs[1]!;
  return answered({
    ...none,
    output: collector.take([isProbability ? softmax.outputs[0]! : ranked]),
    rows: isProbability ? "probabilities" : "logits",
    chosen: collector.take([chosen]),
    weights: collector.take([weightsAfter(scope, choice.outputs[0]!)]),
  });
}

function answered(tap: RoutingTap): RoutingTap {
  const reason = tap.output === null ? "the element type of its tensor is not known" : null;
  return { ...tap, reason };
}

function throughShapes(scope: Scope, tensor: string): NodeInfo | undefined {
  let node = scope.producers.get(tensor);
  while (node !== undefined && /^(Cast|Identity|Reshape)$/.test(node.opType)) {
    node = scope.producers.get(node.inputs[0]!);
  }
  return node;
}

// Some models share out what was chosen once more: by division by the sum, or by a softmax.
function weightsAfter(scope: Scope, values: string): string {
  let tensor = values;
  for (;;) {
    const readers = scope.consumers.get(tensor) ?? [];
    const next = readers.find((node) =>
      /^(Softmax|Cast|Identity)$/.test(node.opType) ||
      (node.opType === "Div" && node.inputs[0] === tensor)
    );
    if (next === undefined) return tensor;
    tensor = next.outputs[0]!;
    if (next.opType === "Softmax" || next.opType === "Div") return tensor;
  }
}
