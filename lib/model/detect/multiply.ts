/**
 * Multiplications with weights: where a model's work and memory traffic are.
 *
 * @module
 */
import type { NodeInfo, TensorInfo } from "../onnx_reader.ts";
import type { Flow } from "./flow.ts";

/** A node that multiplies with a weight. */
export interface WeightedMultiply {
  weight: TensorInfo;
  /** Width of what goes in and comes out; `null` where the operation does not tell it. */
  inWidth: number | null;
  outWidth: number | null;
  /** Multiply-adds for one token; of all experts, where the operation holds several. */
  multiplyAdds: number;
}

const MULTIPLIES = /MatMul|Gemm|^Q?Attention$|MoE$|^Conv$|^Einsum$/;
const PASSES =
  /^(Transpose|Cast|Identity|DequantizeLinear|DequantizeBlockwise|Reshape|Squeeze|Gather)$/;

/** The largest matrix that a node multiplies with; `null` where it multiplies with none. */
export function weightedMultiply(node: NodeInfo, flow: Flow): WeightedMultiply | null {
  if (!MULTIPLIES.test(node.opType)) return null;
  let largest: SourceWeight | null = null;
  for (const input of node.inputs) {
    const found = throughCasts(input, flow);
    if (found === null || !isMatrix(found.weight)) continue;
    if (largest === null || found.weight.elements > largest.weight.elements) largest = found;
  }
  if (largest === null) return null;
  const { weight, turned, isChosen } = largest;
  // Packed weights (MatMulNBits) state their true size as K and N.
  const k = node.ints.get("K");
  const n = node.ints.get("N");
  if (k !== undefined && n !== undefined) {
    return { weight, inWidth: k, outWidth: n, multiplyAdds: k * n };
  }
  const [a, b] = weight.dims.slice(-2);
  const isPlain = /MatMul|Gemm|Attention/.test(node.opType) && a !== undefined && b !== undefined;
  const swapped = turned !== ((node.ints.get("transB") ?? 0) === 1);
  return {
    weight,
    inWidth: isPlain ? (swapped ? b : a) : null,
    outWidth: isPlain ? (swapped ? a : b) : null,
    multiplyAdds: isChosen ? weight.elements / weight.dims[0]! : weight.elements,
  };
}

/** The weight that a tensor was made of. */
export interface SourceWeight {
  weight: TensorInfo;
  /** Whether its last two dimensions changed places. */
  turned: boolean;
  /** Whether it is one of those that the weight holds along its first dimension, as of experts. */
  isChosen: boolean;
}

/** The weight behind a tensor, also where it is cast, turned or dequantized on its way. */
export function throughCasts(tensor: string, flow: Flow): SourceWeight | null {
  let turned = false;
  let isChosen = false;
  for (let name = tensor, steps = 0; steps < 8; steps++) {
    const weight = flow.weight(name);
    if (weight !== undefined) {
      return !isChosen || weight.dims.length > 2 ? { weight, turned, isChosen } : null;
    }
    const producer = flow.producer(name);
    if (producer?.opType === "Constant" && producer.value !== undefined) {
      return isChosen ? null : { weight: producer.value, turned, isChosen };
    }
    if (producer === undefined || !PASSES.test(producer.opType)) return null;
    // Not a look-up in an embedding's table, which has two dimensions.
    if (producer.opType === "Gather") isChosen = true;
    if (producer.opType === "Transpose") turned = !turned;
    name = producer.inputs[0] ?? "";
  }
  return null;
}

// The frequencies of rotary positions come as [1, D/2, 1]: a vector, not a matrix.
function isMatrix({ dims }: TensorInfo): boolean {
  return dims.length === 2 || dims.filter((dim) => dim > 1).length >= 2;
}
