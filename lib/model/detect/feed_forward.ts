/**
 * The parts of a layer's feed-forward network, told from their order, widths and activation.
 *
 * @module
 */
import type { NodeInfo } from "../onnx_reader.ts";
import type { Flow } from "./flow.ts";
import type { WeightedMultiply } from "./multiply.ts";
import type { Neighbours } from "./place_by_shape.ts";

const ACTIVATES =
  /^(Sigmoid|Tanh|Erf|Relu|Silu|Swish|Gelu|HardSwish|Elu|Mish|Softplus|FastGelu|QuickGelu|BiasGelu)$/;

/** The component of each multiplication of one layer that is not of its attention. */
export function labelFeedForward(
  nodes: readonly NodeInfo[],
  flow: Flow,
  near: Neighbours,
  multiplies: ReadonlyMap<NodeInfo, WeightedMultiply>,
): Map<NodeInfo, string> {
  const own = new Set(nodes);
  const routers = new Set(nodes.filter((node) => isRouter(node, flow, own)));
  const isMoe = routers.size > 0 || nodes.some((node) => /MoE$/.test(node.opType));
  if (isMoe) {
    return new Map(nodes.map((node) => [node, routers.has(node) ? "router" : "experts"]));
  }
  const outs = new Set(
    nodes.flatMap((node) => [...near.weightsAhead(node)]).filter((n) => own.has(n)),
  );
  const ins = nodes.filter((node) => !outs.has(node));
  const width = (list: Iterable<NodeInfo>, side: "inWidth" | "outWidth") =>
    multiplies.get([...list][0]!)?.[side] ?? null;
  if (ins.length === 2 && outs.size === 1) {
    const gate = ins.find((node) => isActivated(node, flow, own)) ?? ins[0];
    return new Map([
      ...ins.map((node) => [node, node === gate ? "gate_proj" : "up_proj"] as const),
      ...[...outs].map((node) => [node, "down_proj"] as const),
    ]);
  }
  const inner = width(outs, "inWidth");
  const isPacked = ins.length === 1 && outs.size === 1 && inner !== null &&
    width(ins, "outWidth") === 2 * inner;
  const [first, second] = isPacked ? ["gate_up_proj", "down_proj"] : ["fc1", "fc2"];
  return new Map(nodes.map((node) => [node, outs.has(node) ? second! : first!]));
}

// A router's result chooses the best few, also inside one operation of all experts.
function isRouter(node: NodeInfo, flow: Flow, own: ReadonlySet<NodeInfo>): boolean {
  return reaches(
    node,
    flow,
    own,
    (other) =>
      other.opType === "TopK" ||
      (/MoE$/.test(other.opType) && leadsThrough(other.inputs[1] ?? "", node, flow)),
  );
}

function leadsThrough(tensor: string, wanted: NodeInfo, flow: Flow): boolean {
  let node = flow.producer(tensor);
  for (let steps = 0; node !== undefined && steps < 8; steps++) {
    if (node === wanted) return true;
    node = flow.producer(node.inputs[0] ?? "");
  }
  return false;
}

function isActivated(node: NodeInfo, flow: Flow, own: ReadonlySet<NodeInfo>): boolean {
  return reaches(node, flow, own, (other) => ACTIVATES.test(other.opType));
}

// Whether such an operation comes before the next multiplication of the layer.
function reaches(
  start: NodeInfo,
  flow: Flow,
  own: ReadonlySet<NodeInfo>,
  isWanted: (node: NodeInfo) => boolean,
): boolean {
  const queue = [...flow.consumersOf(start)];
  const seen = new Set(queue);
  for (let i = 0; i < queue.length && i < 32; i++) {
    const node = queue[i]!;
    if (isWanted(node)) return true;
    if (own.has(node)) continue;
    for (const next of flow.consumersOf(node)) {
      if (!seen.has(next)) queue.push(next);
      seen.add(next);
    }
  }
  return false;
}
