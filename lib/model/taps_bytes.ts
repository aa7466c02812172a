/**
 * A model file's structure with some tensors made outputs, as bytes that ONNX Runtime loads in the
 * file's place. Weights stay where they are: what lies inside the file is referred to as external
 * data of that very file, so that a model of 2 GB is tapped with the memory of its structure.
 *
 * Field numbers are those of onnx.proto3 (onnx/onnx, v1.17).
 *
 * @module
 */
import { copyField, entryOf, valueMessage } from "./onnx_messages.ts";
import { type Field, ProtoFile } from "./proto_reader.ts";
import { Message } from "./proto_writer.ts";
import { WeightFiles } from "./taps_weights.ts";

/** What is added to a graph, or to the body of a branch. Nothing is taken away. */
export interface GraphEdits {
  /** Tensors that become outputs. */
  outputs: { name: string; dataType: number }[];
  /** What is added to a node, by the name of its first output. */
  nodes: Map<string, NodeEdits>;
  /** Nodes that are appended. */
  added: AddedNode[];
}

/** What is added to a node. */
export interface NodeEdits {
  /** Names of further outputs, by position; a gap stays empty. */
  outputs: Map<number, string>;
  /** Integer attributes. */
  ints: Map<string, number>;
  /** For `If`: what is added to its branches, in the order in which they stand in the file. */
  branches: GraphEdits[];
}

/** A node to append: an operation, or an empty tensor of a type. */
export type AddedNode =
  | { op: "Add" | "Sum" | "Identity"; inputs: readonly string[]; output: string }
  | { op: "Empty"; dataType: number; output: string };

/** A model to be loaded in a file's place. */
export interface EditedModel {
  bytes: Uint8Array<ArrayBuffer>;
  /** The folder that the bytes' external data is relative to. */
  folder: string;
}

/** No edits. */
export function noEdits(): GraphEdits {
  return { outputs: [], nodes: new Map(), added: [] };
}

/** The edits of a node, begun where there are none. */
export function editsOf(edits: GraphEdits, firstOutput: string): NodeEdits {
  let node = edits.nodes.get(firstOutput);
  if (node === undefined) {
    node = { outputs: new Map(), ints: new Map(), branches: [] };
    edits.nodes.set(firstOutput, node);
  }
  return node;
}

// Shape inference reads small tensors, such as the target of a Reshape: those stay inside.
const EXTERNAL_FROM_BYTES = 1024;

/** Applies `edits` to the model at `onnxPath`; `InputError` where it is not a whole ONNX file. */
export function editModel(onnxPath: string, edits: GraphEdits): EditedModel {
  using file = new ProtoFile(onnxPath);
  const weights = new WeightFiles(file);
  const model = new Message();
  let edited = false;
  for (const field of file.fields()) {
    if (field.number !== 7 || field.wire !== 2) copyField(file, field, model);
    else {
      model.field(7, graphMessage(file, field, edited ? noEdits() : edits, weights));
      edited = true;
    }
  }
  return { bytes: model.bytes(), folder: weights.folder };
}

function graphMessage(
  file: ProtoFile,
  message: Field,
  edits: GraphEdits,
  weights: WeightFiles,
): Message {
  const graph = new Message();
  for (const field of file.fields(message.start, message.end)) {
    if (field.number === 1 && field.wire === 2) {
      graph.field(1, nodeMessage(file, field, edits, weights));
    } else if (field.number === 5 && field.wire === 2) {
      graph.field(5, tensorMessage(file, field, weights));
    } else copyField(file, field, graph);
  }
  for (const node of edits.added) graph.field(1, addedMessage(node));
  for (const output of edits.outputs) graph.field(12, valueMessage(output));
  return graph;
}

function nodeMessage(
  file: ProtoFile,
  message: Field,
  edits: GraphEdits,
  weights: WeightFiles,
): Message {
  const node = new Message();
  const outputs: string[] = [];
  const attributes: Field[] = [];
  for (const field of file.fields(message.start, message.end)) {
    if (field.number === 2 && field.wire === 2) outputs.push(file.text(field));
    else if (field.number === 5 && field.wire === 2) attributes.push(field);
    else copyField(file, field, node);
  }
  const found = edits.nodes.get(outputs.find((name) => name !== "") ?? "");
  for (const [position, name] of found?.outputs ?? []) {
    while (outputs.length < position) outputs.push("");
    outputs[position] = name;
  }
  for (const output of outputs) node.field(2, output);
  let branch = 0;
  for (const field of attributes) {
    const attribute = new Message();
    let name = "";
    for (const part of file.fields(field.start, field.end)) {
      if (part.number === 1 && part.wire === 2) name = file.text(part);
      if (part.number === 6 && part.wire === 2) {
        const inner = found?.branches[branch++] ?? noEdits();
        attribute.field(6, graphMessage(file, part, inner, weights));
      } else copyField(file, part, attribute);
    }
    if (!found?.ints.has(name)) node.field(5, attribute);
  }
  for (const [name, value] of found?.ints ?? []) {
    node.field(5, new Message().field(1, name).int(3, value).int(20, 2)); // type INT
  }
  return node;
}

function tensorMessage(file: ProtoFile, message: Field, weights: WeightFiles): Message {
  const tensor = new Message();
  let data: Field | null = null;
  let location: string | null = null;
  for (const field of file.fields(message.start, message.end)) {
    if (field.number === 13 && field.wire === 2) {
      const [key, value] = entryOf(file, field);
      if (key === "location") location = value;
      tensor.field(13, pair(key, key === "location" ? weights.locate(value) : value));
      continue;
    }
    // float_data, packed, has the layout of raw_data; the integers' varints have not.
    const isData = (field.number === 9 || field.number === 4) && field.wire === 2;
    if (isData && field.end - field.start >= EXTERNAL_FROM_BYTES) data = field;
    else if (field.number !== 14 || data === null) copyField(file, field, tensor);
  }
  if (data !== null && location === null) {
    tensor.field(13, pair("location", weights.own));
    tensor.field(13, pair("offset", String(data.start)));
    tensor.field(13, pair("length", String(data.end - data.start)));
    tensor.int(14, 1); // data_location = EXTERNAL
  }
  return tensor;
}

function pair(key: string, value: string): Message {
  return new Message().field(1, key).field(2, value);
}

function addedMessage(node: AddedNode): Message {
  const message = new Message();
  if (node.op !== "Empty") {
    for (const input of node.inputs) message.field(1, input);
    return message.field(2, node.output).field(3, `${node.output}/${node.op}`).field(4, node.op);
  }
  const empty = new Message().int(1, 0).int(2, node.dataType);
  const value = new Message().field(1, "value").field(5, empty).int(20, 4); // type TENSOR
  return message.field(2, node.output).field(3, `${node.output}/Constant`)
    .field(4, "Constant").field(5, value);
}
