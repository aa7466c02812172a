/**
 * The structure of an ONNX model: nodes, names, shapes, and where weights lie. Weights themselves
 * are never read. Field numbers are those of onnx.proto3 (onnx/onnx, v1.17).
 *
 * @module
 */
import { byteLengthOf } from "./onnx_types.ts";
import { type Field, ProtoFile } from "./proto_reader.ts";

/** A tensor without its data. */
export interface TensorInfo {
  name: string;
  dims: number[];
  /** A code of `DataType`. */
  dataType: number;
  elements: number;
  byteLength: number;
  /** Set where the data lies in another file, by its path relative to the model's folder. */
  external: { location: string; offset: number; length: number | null } | null;
}

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

/** Reads the structure of the model at `path`; `InputError` where it is not a whole ONNX file. */
export function readOnnx(path: string): OnnxModel {
  using file = new ProtoFile(path);
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
      graph = mergeGraphs(graph, readGraph(file, field));
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

function readGraph(file: ProtoFile, message: Field): GraphInfo {
  const graph: GraphInfo = { nodes: [], initializers: [], inputs: [], outputs: [] };
  for (const field of file.fields(message.start, message.end)) {
    if (field.wire !== 2) continue;
    if (field.number === 1) graph.nodes.push(readNode(file, field));
    else if (field.number === 5) graph.initializers.push(readTensor(file, field));
    else if (field.number === 11) graph.inputs.push(readValue(file, field));
    else if (field.number === 12) graph.outputs.push(readValue(file, field));
  }
  return graph;
}

function readNode(file: ProtoFile, message: Field): NodeInfo {
  const node: NodeInfo = {
    name: "",
    opType: "",
    inputs: [],
    outputs: [],
    ints: new Map(),
    subgraphs: [],
    scopes: null,
  };
  for (const field of file.fields(message.start, message.end)) {
    if (field.wire !== 2) continue;
    if (field.number === 1) node.inputs.push(file.text(field));
    else if (field.number === 2) node.outputs.push(file.text(field));
    else if (field.number === 3) node.name = file.text(field);
    else if (field.number === 4) node.opType = file.text(field);
    else if (field.number === 5) readAttribute(file, field, node);
    else if (field.number === 9) {
      const scopes = readScopes(file, field);
      if (scopes !== null && (node.scopes === null || scopes.startsWith("["))) node.scopes = scopes;
    }
  }
  return node;
}

function readAttribute(file: ProtoFile, message: Field, node: NodeInfo): void {
  let name = "";
  for (const field of file.fields(message.start, message.end)) {
    if (field.number === 1 && field.wire === 2) name = file.text(field);
    else if (field.number === 3 && field.wire === 0) node.ints.set(name, field.value);
    else if (field.number === 5 && field.wire === 2) node.value = readTensor(file, field);
    else if (field.number === 6 && field.wire === 2) node.subgraphs.push(readGraph(file, field));
  }
}

function readTensor(file: ProtoFile, message: Field): TensorInfo {
  const tensor: TensorInfo = {
    name: "",
    dims: [],
    dataType: 0,
    elements: 0,
    byteLength: 0,
    external: null,
  };
  let rawBytes: number | null = null;
  let isExternal = false;
  const entries = new Map<string, string>();
  for (const field of file.fields(message.start, message.end)) {
    if (field.number === 1) tensor.dims.push(...file.varints(field));
    else if (field.number === 2) tensor.dataType = field.value;
    else if (field.number === 8 && field.wire === 2) tensor.name = file.text(field);
    else if (field.number === 9 && field.wire === 2) rawBytes = field.end - field.start;
    else if (field.number === 13 && field.wire === 2) entries.set(...readEntry(file, field));
    else if (field.number === 14) isExternal = field.value === 1;
  }
  tensor.elements = tensor.dims.reduce((product, dim) => product * dim, 1);
  tensor.byteLength = byteLengthOf(tensor.dataType, tensor.elements) ?? rawBytes ?? 0;
  if (isExternal) {
    tensor.external = {
      location: entries.get("location") ?? "",
      offset: Number(entries.get("offset") ?? 0),
      length: entries.has("length") ? Number(entries.get("length")) : null,
    };
  } else if (rawBytes !== null && rawBytes !== tensor.byteLength) {
    throw file.corrupt(
      `the weight "${tensor.name}" has ${rawBytes} bytes where its shape [${tensor.dims}] takes ${tensor.byteLength}`,
    );
  }
  return tensor;
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

function readEntry(file: ProtoFile, message: Field): [key: string, value: string] {
  let key = "";
  let value = "";
  for (const field of file.fields(message.start, message.end)) {
    if (field.number === 1 && field.wire === 2) key = file.text(field);
    else if (field.number === 2 && field.wire === 2) value = file.text(field);
  }
  return [key, value];
}

function readValue(file: ProtoFile, message: Field): ValueInfo {
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
  }
  return dims;
}

function* only(file: ProtoFile, message: Field, number: number): Generator<Field> {
  for (const field of file.fields(message.start, message.end)) {
    if (field.number === number && field.wire === 2) yield field;
  }
}
