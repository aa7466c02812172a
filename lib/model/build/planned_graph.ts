/**
 * The graph that a config would be built to, as it would be read from the file.
 *
 * @module
 */
import type { GraphInfo, NodeInfo, OnnxModel, TensorInfo } from "../onnx_reader.ts";
import { byteLengthOf } from "../onnx_types.ts";
import type { DecoderConfig } from "./decoder_config.ts";
import { decoderGraph } from "./decoder_graph.ts";
import { decoderShape } from "./families.ts";
import type { AttributeSpec, ConstantSpec, NodeSpec } from "./graph_spec.ts";
import { type PrecisionOptions, readNumerics } from "./precision.ts";

/** The structure of a model that nobody has built; `InputError` where the config cannot be followed. */
export function plannedModel(config: DecoderConfig, options: PrecisionOptions): OnnxModel {
  const { dataType, matrices } = readNumerics(options);
  const { nodes, weights, inputs, outputs } = decoderGraph(
    decoderShape(config),
    dataType,
    matrices,
  );
  const value = ({ dims, ...rest }: typeof inputs[number]) => ({ ...rest, dims: [...dims] });
  const graph: GraphInfo = {
    nodes: nodes.map(plannedNode),
    initializers: weights.map(({ name, ...tensor }) => plannedTensor(name, tensor)),
    inputs: inputs.map(value),
    outputs: outputs.map(value),
  };
  return { path: "config.json", producer: "", producerVersion: "", graph };
}

function plannedNode({ op, name, inputs, outputs, attributes = {} }: NodeSpec): NodeInfo {
  const entries = Object.entries(attributes);
  const value = entries.map(([, value]) => value).find(isTensor);
  return {
    name,
    opType: op,
    inputs: [...inputs],
    outputs: [...outputs],
    ints: new Map(
      entries.filter((entry): entry is [string, number] => typeof entry[1] === "number"),
    ),
    subgraphs: [],
    scopes: null,
    ...(value === undefined ? {} : { value: plannedTensor("", value) }),
  };
}

function isTensor(value: AttributeSpec): value is ConstantSpec {
  return typeof value === "object" && "data" in value;
}

function plannedTensor(
  name: string,
  { dims, dataType }: { dims: readonly number[]; dataType: number },
): TensorInfo {
  const elements = dims.reduce((product, dim) => product * dim, 1);
  const byteLength = byteLengthOf(dataType, elements) ?? 0;
  return { name, dims: [...dims], dataType, elements, byteLength, external: null };
}
