/**
 * The numbers that describe a model: sizes, heads, bytes.
 *
 * @module
 */
import { allGraphs, type Architecture } from "./architecture.ts";
import type { ModelConfig } from "./config.ts";
import type { GraphInfo } from "./onnx_reader.ts";
import { byteLengthOf, precisionOf } from "./onnx_types.ts";

/** Sizes of a model. `null` where neither its config nor its graph tells them. */
export interface ModelFeatures {
  /** Numbers in the weights; a tied head counts once. */
  parameters: number;
  /** Width of the residual stream. */
  hiddenSize: number | null;
  /** Width inside the MLP. */
  intermediateSize: number | null;
  /** Query heads per layer. */
  numHeads: number | null;
  /** Key and value heads per layer. */
  numKvHeads: number | null;
  /** Width of a head. */
  headDim: number | null;
  /** Ids that the model can put out. */
  vocabSize: number | null;
  /** The type that most bytes of the weights have: `"fp32"`, `"fp16"`, `"bf16"`, `"int8"`, `"int4"`. */
  precision: string;
  /** Bytes that the weights take on disk. */
  weightBytes: number;
  /** Bytes that one token adds to the KV cache; `null` where the graph has no cache. */
  kvBytesPerToken: number | null;
}

/** Counts the features of a graph. */
export function featuresOf(
  graph: GraphInfo,
  config: ModelConfig | null,
  architecture: Architecture,
): ModelFeatures {
  const graphs = allGraphs(graph);
  const packed = packedWeights(graphs);
  const bytesByPrecision = new Map<string, number>();
  const seen = new Set<string>();
  let parameters = 0;
  let weightBytes = 0;
  for (const tensor of graphs.flatMap((g) => g.initializers)) {
    const precision = packed.has(tensor.name) ? "int4" : precisionOf(tensor.dataType);
    if (precision === null || tensor.dims.length === 0 || seen.has(tensor.name)) continue;
    seen.add(tensor.name);
    parameters += packed.get(tensor.name) ?? tensor.elements;
    weightBytes += tensor.byteLength;
    bytesByPrecision.set(precision, (bytesByPrecision.get(precision) ?? 0) + tensor.byteLength);
  }
  const embedding = embeddingShape(graphs);
  const logits = graph.outputs.find((output) => output.name === "logits")?.dims.at(-1);
  const vocabSize = config?.vocabSize ?? (typeof logits === "number" ? logits : null) ??
    embedding?.[0] ?? null;
  const hiddenSize = config?.hiddenSize ?? embedding?.[1] ?? null;
  if (config?.tiedHead && vocabSize !== null && hiddenSize !== null && hasHeadOfItsOwn(graphs)) {
    parameters -= vocabSize * hiddenSize; // an exporter wrote the tied matrix twice
  }
  const [precision] = [...bytesByPrecision].sort((a, b) => b[1] - a[1])[0] ?? ["unknown"];
  return {
    parameters,
    hiddenSize,
    intermediateSize: config?.intermediateSize ?? null,
    numHeads: config?.numHeads ?? null,
    numKvHeads: config?.numKvHeads ?? null,
    headDim: config?.headDim ?? null,
    vocabSize,
    precision,
    weightBytes,
    kvBytesPerToken: kvBytesPerToken(graph),
  };

  function hasHeadOfItsOwn(all: readonly GraphInfo[]): boolean {
    const weights = new Set(all.flatMap((g) => g.initializers).map((t) => t.name));
    return all.flatMap((g) => g.nodes).some((node) =>
      architecture.componentOf(node.name)?.component === "lm_head" &&
      /MatMul|Gemm/.test(node.opType) && weights.has(node.inputs[1] ?? "")
    );
  }
}

// MatMulNBits keeps a K × N matrix as packed bytes.
function packedWeights(graphs: readonly GraphInfo[]): Map<string, number> {
  const packed = new Map<string, number>();
  for (const node of graphs.flatMap((graph) => graph.nodes)) {
    if (node.opType !== "MatMulNBits" || (node.ints.get("bits") ?? 4) !== 4) continue;
    packed.set(node.inputs[1]!, (node.ints.get("K") ?? 0) * (node.ints.get("N") ?? 0));
  }
  return packed;
}

// The table from which input_ids choose rows.
function embeddingShape(graphs: readonly GraphInfo[]): [number, number] | null {
  const weights = new Map(graphs.flatMap((g) => g.initializers).map((t) => [t.name, t]));
  for (const node of graphs.flatMap((g) => g.nodes)) {
    if (node.opType !== "Gather" || node.inputs[1] !== "input_ids") continue;
    const dims = weights.get(node.inputs[0]!)?.dims;
    if (dims?.length === 2) return [dims[0]!, dims[1]!];
  }
  return null;
}

function kvBytesPerToken(graph: GraphInfo): number | null {
  let bytes = 0;
  for (const input of graph.inputs) {
    if (!/^past/.test(input.name)) continue;
    const elements = input.dims.reduce<number>(
      (product, dim) => typeof dim === "number" ? product * dim : product,
      1,
    );
    bytes += byteLengthOf(input.dataType, elements) ?? 0;
  }
  return bytes === 0 ? null : bytes;
}
