/**
 * The structure of an ONNX model: nodes, names, shapes, and where weights lie. Weights themselves
 * are never read. Field numbers are those of onnx.proto3 (onnx/onnx, v1.17).
 *
 * @module
 */
import { MOST_DIMS, OnnxFile } from "./onnx_file.ts";
import { readTensor, type TensorInfo } from "./onnx_tensors.ts";
import type { Field, ProtoFile } from "./proto_reader.ts";

export type { TensorInfo } from "./onnx_tensors.ts";

/** An input or output of a graph. A dimension is a number, a name, or "" where it has none. */
export interface ValueInfo {
  name: string;
  dataType: number;
  dims: (number | string)[];
}

/** One operation. */
export interface NodeInfo {
  name: string;
  opType: string;
  inputs: string[];
  outputs: string[];
  /** Integer attributes, such as `axis`, `bits`, `K`. */
  ints: Map<string, number>;
  /** The bodies of `If` and `Loop`. */
  subgraphs: GraphInfo[];
  /** Names of modules that exporters leave in `metadata_props`, outermost first. */
  scopes: string | null;
  /** The tensor of a `Constant`, without its data. */
  value?: TensorInfo;
}

/** A graph, or the body of a branch. */
export interface GraphInfo {
  nodes: NodeInfo[];
  initializers: TensorInfo[];
  inputs: ValueInfo[];
  outputs: ValueInfo[];
}

/** A model file. */
export interface OnnxModel {
  path: string;
  producer: string;
  producerVersion: string;
  graph: GraphInfo;
}

// Decoders have branches one deep.
const DEEPEST = 16;

/** Reads the structure of the model at `path`; `InputError` where it is not a whole ONNX file. */
export function readOnnx(path: string): OnnxModel {
  using file = new OnnxFile(path);
  const head = new TextDecoder().decode(file.bytes(0, Math.min(file.size, 40)));
  if (head.startsWith("version https://git-lfs")) {
    throw file.corrupt("it is a Git LFS pointer, not the file itself (git lfs pull)");
  }
  let graph: GraphInfo | null = null;
  let producer = "";
  let producerVersion = "";
  for (const field of file.fields()) {
    if (field.number === 2 && field.wire === 2) producer = file.text(field);
    else if (field.number === 3 && field.wire === 2) producerVersion = file.text(field);
    else if (field.number === 7 && field.wire === 2) {
      // Protobuf merges repeated occurrences of a message field: appended taps arrive this way.
      graph = mergeGraphs(graph, readGraph(file, field, 0));
    }
  }
  if (graph === null || graph.nodes.length === 0) throw file.corrupt("it holds no graph");
  return { path, producer, producerVersion, graph };
}

function mergeGraphs(first: GraphInfo | null, second: GraphInfo): GraphInfo {
  if (first === null) return second;
  return {
    nodes: [...first.nodes, ...second.nodes],
    initializers: [...first.initializers, ...second.initializers],
    inputs: [...first.inputs, ...second.inputs],
    outputs: [...first.outputs, ...second.outputs],
  };
}

function readGraph(file: OnnxFile, message: Field, depth: number): GraphInfo {
  if (depth > DEEPEST) throw file.corrupt(`its graphs lie in each other, ${depth} deep`);
  const graph: GraphInfo = { nodes: [], initializers: [], inputs: [], outputs: [] };
  for (const field of file.fields(message.start, message.end)) {
    if (field.wire !== 2) continue;
    if (field.number === 1) graph.nodes.push(readNode(file, field, depth));
    else if (field.number === 5) graph.initializers.push(readTensor(file, field));
    else if (field.number === 11) graph.inputs.push(readValue(file, field));
    else if (field.number === 12) graph.outputs.push(readValue(file, field));
  }
  return graph;
}

function readNode(file: OnnxFile, message: Field, depth: number): NodeInfo {
  file.admit();
  const node: NodeInfo = {
    name: "",
    opType: "",
    inputs: [],
    outputs: [],
    ints: NO_INTS,
    subgraphs: [],
    scopes: null,
  };
  for (const field of file.fields(message.start, message.end)) {
    if (field.wire !== 2) continue;
    if (field.number === 1) node.inputs.push(file.text(field));
    else if (field.number === 2) node.outputs.push(file.text(field));
    else if (field.number === 3) node.name = file.text(field);
    else if (field.number === 4) node.opType = file.text(field);
    else if (field.number === 5) readAttribute(file, field, node, depth);
    else if (field.number === 9) {
      const scopes = readScopes(file, field);
      if (scopes !== null && (node.scopes === null || scopes.startsWith("["))) node.scopes = scopes;
    }
  }
  return node;
}

// Most nodes of a graph have no attribute that is an integer.
const NO_INTS: Map<string, number> = new Map();

function readAttribute(file: OnnxFile, message: Field, node: NodeInfo, depth: number): void {
  let name = "";
  for (const field of file.fields(message.start, message.end)) {
    if (field.number === 1 && field.wire === 2) name = file.text(field);
    else if (field.number === 3 && field.wire === 0) {
      if (node.ints === NO_INTS) node.ints = new Map();
      node.ints.set(name, field.value);
    } else if (field.number === 5 && field.wire === 2) node.value = readTensor(file, field);
    else if (field.number === 6 && field.wire === 2) {
      file.admit();
      node.subgraphs.push(readGraph(file, field, depth + 1));
    }
  }
}

// torch writes `pkg.torch.onnx.name_scopes` and `namespace`, onnxscript `pkg.onnxscript.name_scopes`;
// stack traces, which stand beside them, are long and stay unread.
function readScopes(file: ProtoFile, message: Field): string | null {
  let isScopes = false;
  let value: Field | null = null;
  for (const field of file.fields(message.start, message.end)) {
    if (field.number === 1 && field.wire === 2) {
      const key = file.text(field);
      isScopes = key.endsWith("name_scopes") || key === "namespace";
    } else if (field.number === 2 && field.wire === 2) value = field;
  }
  return isScopes && value !== null ? file.text(value) : null;
}

function readValue(file: OnnxFile, message: Field): ValueInfo {
  file.admit();
  const value: ValueInfo = { name: "", dataType: 0, dims: [] };
  for (const field of file.fields(message.start, message.end)) {
    if (field.wire !== 2) continue;
    if (field.number === 1) value.name = file.text(field);
    else if (field.number === 2) {
      for (const tensorType of only(file, field, 1)) {
        for (const part of file.fields(tensorType.start, tensorType.end)) {
          if (part.number === 1) value.dataType = part.value;
          else if (part.number === 2 && part.wire === 2) value.dims = readShape(file, part);
        }
      }
    }
  }
  return value;
}

function readShape(file: ProtoFile, message: Field): (number | string)[] {
  const dims: (number | string)[] = [];
  for (const dim of only(file, message, 1)) {
    let size: number | string = "";
    for (const field of file.fields(dim.start, dim.end)) {
      if (field.number === 1 && field.wire === 0) size = field.value;
      else if (field.number === 2 && field.wire === 2) size = file.text(field);
    }
    dims.push(size);
    if (dims.length > MOST_DIMS) throw file.corrupt("a value has too many dimensions");
  }
  return dims;
}

function* only(file: ProtoFile, message: Field, number: number): Generator<Field> {
  for (const field of file.fields(message.start, message.end)) {
    if (field.number === number && field.wire === 2) yield field;
  }
}
