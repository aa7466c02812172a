/**
 * The weights of a graph, each with the operations that use it.
 *
 * @module
 */
import { allGraphs } from "./architecture.ts";
import { type ComponentPlace, placeByName, placeNodes } from "./detect/mod.ts";
import type { NodeInfo, OnnxModel, TensorInfo } from "./onnx_reader.ts";
import { precisionOf } from "./onnx_types.ts";

/** A matrix that multiplies: `count` of them, each `rows` × `columns`. */
export interface Matrix {
  rows: number;
  columns: number;
  count: number;
}

/** One operation that uses a weight. */
export interface WeightUse {
  node: NodeInfo;
  /** Which input of the operation it is. */
  input: number;
  place: ComponentPlace;
  /** `null` where it does not multiply. */
  matrix: Matrix | null;
}

/** A weight that the graph holds. */
export interface GraphWeight {
  name: string;
  /** Scales and zero points belong to quantized weights: bytes to read, but no parameters. */
  kind: "parameter" | "scale";
  /** Numbers in it, also where several are packed into a byte. */
  elements: number;
  /** Its shape in the file. */
  dims: readonly number[];
  bytes: number;
  /** `"fp32"`, `"fp16"`, `"bf16"`, `"int8"`, `"int4"`. */
  precision: string;
  /** Numbers that share a scale; `null` where it is not quantized in blocks. */
  blockSize: number | null;
  uses: WeightUse[];
}

// Pass a weight on as it is, or as what it stands for.
const PASSES = /^(Identity|Cast|Transpose|DequantizeLinear|Reshape|Squeeze|Unsqueeze)$/;

// Take masks, tables of angles and constants of the arithmetic, never learned numbers.
const TAKES_BUFFERS =
  /^(Reshape|Squeeze|Unsqueeze|Where|Slice|Expand|Concat|Range|Equal|Greater|Less|GreaterOrEqual|LessOrEqual|And|Or|Not|Pow|Div|Sub|Sqrt|Max|Min|Clip|Tile|Trilu|Pad|Sin|Cos|ConstantOfShape|Scatter\w+|RotaryEmbedding|GroupQueryAttention|SparseAttention|PagedAttention)$/;

const BUFFER_NAME = /(^|[._/])(cos|sin)(_?cached?)?$|inv_freq|masked_bias$/;

// onnxruntime.quantization and the model builders name them so.
const SCALE_NAME = /_(scales?|zero_points?|zp|absmax)$/;

// Inputs that hold scales, zero points or indices, by operation (microsoft/onnxruntime,
// docs/ContribOperators.md; onnx/onnx, docs/Operators.md).
const SCALE_INPUTS: Readonly<Record<string, readonly number[]>> = {
  MatMulNBits: [2, 3, 4],
  MatMulBnb4: [2],
  GatherBlockQuantized: [2, 3],
  DequantizeLinear: [1, 2],
  MatMulInteger: [2, 3],
  MatMulIntegerToFloat: [2, 3, 4, 5],
  DynamicQuantizeMatMul: [2, 3],
  QMoE: [3, 6, 9, 11, 12, 13],
  QAttention: [3, 4, 6, 7],
};

/** Collects the weights of a model's graph and branches; tables of angles and masks are left out. */
export function graphWeights(model: OnnxModel): GraphWeight[] {
  const graphs = allGraphs(model.graph);
  const places = new Map(placeNodes(model).flatMap((placed) => [...placed.places]));
  const nodes = graphs.flatMap((g) => g.nodes);
  const tensors = new Map(graphs.flatMap((g) => g.initializers).map((t) => [t.name, t]));
  const origin = originsOf(nodes, tensors);
  const uses = new Map<string, WeightUse[]>();
  for (const node of nodes) {
    node.inputs.forEach((name, input) => {
      const from = origin(name);
      if (from === null) return;
      // What only passes a weight on does not use it, but scales of DequantizeLinear stay there.
      if (input === 0 && PASSES.test(node.opType)) return;
      const list = uses.get(from.tensor.name) ?? [];
      const matrix = matrixOf(node, input, from.tensor.dims, from.transposed);
      list.push({ node, input, place: placeOf(node, from.tensor, places.get(node)), matrix });
      uses.set(from.tensor.name, list);
    });
  }
  const weights: GraphWeight[] = [];
  for (const tensor of tensors.values()) {
    const own = uses.get(tensor.name) ?? [];
    const precision = precisionOf(tensor.dataType);
    if (precision === null || tensor.dims.length === 0 || isBuffer(tensor, own)) continue;
    weights.push({
      name: tensor.name,
      kind: isScale(tensor, own) ? "scale" : "parameter",
      dims: tensor.dims,
      bytes: tensor.byteLength,
      uses: own,
      ...packing(tensor, own, precision),
    });
  }
  return weights;
}

// Follows a value back to the weight that it is, through what only casts or turns it.
function originsOf(
  nodes: readonly NodeInfo[],
  tensors: Map<string, TensorInfo>,
): (name: string) => { tensor: TensorInfo; transposed: boolean } | null {
  const passes = new Map(
    nodes.filter((node) => PASSES.test(node.opType)).flatMap((node) =>
      node.outputs.map((output) => [output, node])
    ),
  );
  return (name) => {
    let transposed = false;
    for (let step = 0; step < 16; step++) { // a corrupt graph may run in a circle
      const tensor = tensors.get(name);
      if (tensor !== undefined) return { tensor, transposed };
      const node = passes.get(name);
      if (node === undefined) return null;
      if (node.opType === "Transpose") transposed = !transposed;
      name = node.inputs[0] ?? "";
    }
    return null;
  };
}

function placeOf(
  node: NodeInfo,
  tensor: TensorInfo,
  place: ComponentPlace | undefined,
): ComponentPlace {
  if (place?.component === "experts" && /shared_(expert|mlp)/.test(`${node.name} ${tensor.name}`)) {
    return { ...place, component: "shared_experts" }; // every token passes these
  }
  if (place !== undefined && place.component !== "other") return place;
  const readsTable = /^(Gather|GatherBlockQuantized|EmbedLayerNormalization)$/.test(node.opType);
  if (readsTable && tensor.dims.length === 2 && (place?.layer ?? null) === null) {
    return { layer: null, component: "embed_tokens" };
  }
  return placeByName(tensor.name) ?? place ?? { layer: null, component: "other" };
}

function matrixOf(
  node: NodeInfo,
  input: number,
  dims: readonly number[],
  transposed: boolean,
): Matrix | null {
  const { opType, ints } = node;
  if (/^MatMul(NBits|Bnb4)$/.test(opType)) {
    const [rows, columns] = [ints.get("K") ?? 0, ints.get("N") ?? 0];
    return input === 1 && rows * columns > 0 ? { rows, columns, count: 1 } : null;
  }
  if (opType === "MoE" || opType === "QMoE") {
    const first = opType === "MoE" ? [2, 4, 6] : [2, 5, 8];
    if (!first.includes(input) || dims.length !== 3) return null;
    const packed = opType === "QMoE" ? 8 / (ints.get("expert_weight_bits") ?? 4) : 1;
    return { rows: dims[1]!, columns: dims[2]! * packed, count: dims[0]! };
  }
  if (!/MatMul|Gemm|^Q?Attention$/.test(opType) || dims.length < 2) return null;
  if (input > 1 || SCALE_INPUTS[opType]?.includes(input)) return null;
  const turned = transposed !== (ints.get("transB") === 1);
  const [a, b] = [dims.at(-2)!, dims.at(-1)!];
  if (a === 1 || b === 1) return null; // angles of the rotary embedding are made by a MatMul too
  const count = dims.slice(0, -2).reduce((product, dim) => product * dim, 1);
  return turned ? { rows: b, columns: a, count } : { rows: a, columns: b, count };
}

function isBuffer({ name, dims, elements }: TensorInfo, uses: readonly WeightUse[]): boolean {
  if (elements <= 1 || BUFFER_NAME.test(name)) return true;
  if (uses.length === 0) return false;
  const broad = dims.filter((dim) => dim > 1).length;
  return uses.every(({ node, place }) =>
    TAKES_BUFFERS.test(node.opType) || place.component === "mask_positions" ||
    (node.opType === "Gather" && place.component !== "embed_tokens") ||
    // A weight of a norm or a bias has one axis; an inverse frequency multiplies with one.
    (/^(Add|Mul)$/.test(node.opType) && broad > 1) ||
    (node.opType === "MatMul" && broad < 2)
  );
}

function isScale({ name, dims }: TensorInfo, uses: readonly WeightUse[]): boolean {
  if (SCALE_NAME.test(name) && uses.every(({ matrix }) => matrix === null)) return true;
  return dims.length > 0 && uses.length > 0 &&
    uses.every(({ node, input }) => SCALE_INPUTS[node.opType]?.includes(input) === true);
}

// Quantized matrices lie in bytes that hold two numbers or one.
function packing(
  { elements, dataType }: TensorInfo,
  uses: readonly WeightUse[],
  precision: string,
): Pick<GraphWeight, "elements" | "precision" | "blockSize"> {
  const isWhole = precision !== "int8"; // only bytes are packed
  for (const { node, input, matrix } of uses) {
    const { opType, ints } = node;
    const blockSize = ints.get("block_size") ?? null;
    const bits = opType === "QMoE"
      ? ints.get("expert_weight_bits") ?? 4
      : opType === "MatMulBnb4"
      ? 4
      : ints.get("bits") ?? 4;
    if (/^MatMul(NBits|Bnb4)$/.test(opType) && matrix !== null) {
      const size = matrix.rows * matrix.columns;
      return { elements: size, precision: `int${bits}`, blockSize };
    }
    if (opType === "QMoE" && matrix !== null) {
      const size = matrix.rows * matrix.columns * matrix.count;
      return { elements: size, precision: `int${bits}`, blockSize };
    }
    if (opType === "GatherBlockQuantized" && input === 0) {
      const isPacked = !isWhole && dataType === 2; // 4 bits in UINT8
      return { elements: elements * (isPacked ? 8 / bits : 1), precision: `int${bits}`, blockSize };
    }
  }
  return { elements, precision, blockSize: null };
}
