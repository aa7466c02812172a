/**
 * What goes into the activation function of an MLP.
 *
 * @module
 */
import type { NodeInfo } from "./onnx_reader.ts";
import { addNode, type Scope } from "./taps_graph.ts";

// Erf and Tanh stand in the chains that exporters write for GELU, Sigmoid in those for SiLU.
const CURVES =
  /^(Sigmoid|Erf|Tanh|Relu|Gelu|FastGelu|QuickGelu|BiasGelu|Silu|Swish|HardSwish|Elu|LeakyRelu)$/;
const FUSED_EXPERTS = /^Q?MoE$/;
const POINTWISE = /^(Mul|Div|Add|Sub|Pow|Sqrt|Cast|Identity)$/;

/** The tensors that enter the activations among `nodes`: one, or one for each expert. */
export function gateOf(
  scope: Scope,
  nodes: readonly NodeInfo[],
): { tensors: string[]; reason: string | null } {
  const curves = nodes.filter((node) => CURVES.test(node.opType));
  if (curves.length === 0) {
    const fused = nodes.find((node) => FUSED_EXPERTS.test(node.opType));
    const reason = fused === undefined
      ? "the graph has no known activation function there"
      : `it is computed inside the fused operation ${fused.opType}`;
    return { tensors: [], reason };
  }
  const inside = new Set(nodes);
  const tensors = new Set<string>();
  for (const curve of curves) {
    const sources = sourcesOf(scope, inside, curve.inputs[0]!);
    if (sources.size !== 1) {
      return { tensors: [], reason: `what enters ${curve.opType} comes from several tensors` };
    }
    const source = [...sources][0]!;
    const bias = /^(FastGelu|BiasGelu)$/.test(curve.opType) ? curve.inputs[1] ?? "" : "";
    tensors.add(
      bias === "" ? source : addNode(scope, {
        op: "Add",
        inputs: [source, bias],
        output: `${curve.outputs[0]}/biased`,
      }),
    );
  }
  return { tensors: [...tensors], reason: null };
}

/** Goes back through pointwise operations of the same component to where the values come from. */
function sourcesOf(scope: Scope, inside: ReadonlySet<NodeInfo>, tensor: string): Set<string> {
  const sources = new Set<string>();
  const seen = new Set<string>();
  const pending = [tensor];
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const producer = scope.producers.get(name);
    if (producer === undefined || producer.opType === "Constant") continue; // a weight or a number
    if (inside.has(producer) && POINTWISE.test(producer.opType)) pending.push(...producer.inputs);
    else sources.add(name);
  }
  return sources;
}
