/**
 * Parts of an executed graph as bytes that ONNX Runtime loads. Nodes are copied as they are; large
 * weights stay in the files where they lie and are referred to as external data.
 *
 * Field numbers are those of onnx.proto3 (onnx/onnx, v1.17).
 *
 * @module
 */
import { relative, sep } from "node:path";
import { copyField, valueMessage } from "../onnx_messages.ts";
import { type Field, ProtoFile } from "../proto_reader.ts";
import { Message } from "../proto_writer.ts";
import { type FileRange, isLarge, type Weight, weightOf } from "./weight_places.ts";

/** A tensor by name, with its element type: a code of `DataType`. */
export interface CutTensor {
  name: string;
  dataType: number;
}

/** Which part of a graph is wanted. */
export interface GraphPart {
  /** Positions of nodes in the file. */
  nodes: ReadonlySet<number>;
  /** What replaces the graph's inputs; `null` keeps them. */
  inputs: readonly CutTensor[] | null;
  /** What replaces the graph's outputs; `null` keeps them. */
  outputs: readonly CutTensor[] | null;
  /** Further outputs, each a copy of a tensor. */
  copies: readonly (CutTensor & { of: string })[];
  /** Weights that its nodes read. */
  weights: ReadonlySet<string>;
}

/**
 * The bytes of a part of the graph at `path`.
 *
 * @param folder What the data of weights is told relative to.
 * @param placeOf Where a weight's data is to be read.
 */
export function partBytes(
  path: string,
  part: GraphPart,
  folder: string,
  placeOf: (weight: Weight) => FileRange | null,
): Uint8Array<ArrayBuffer> {
  using file = new ProtoFile(path);
  const model = new Message();
  for (const field of file.fields()) {
    if (field.number !== 7 || field.wire !== 2) copyField(file, field, model);
    else model.field(7, graphMessage(file, field, part, folder, placeOf));
  }
  return model.bytes();
}

function graphMessage(
  file: ProtoFile,
  message: Field,
  { nodes, inputs, outputs, copies, weights }: GraphPart,
  folder: string,
  placeOf: (weight: Weight) => FileRange | null,
): Message {
  const graph = new Message();
  let position = 0;
  for (const field of file.fields(message.start, message.end)) {
    if (field.number === 1) {
      if (nodes.has(position++)) copyField(file, field, graph);
    } else if (field.number === 5) {
      const weight = weightOf(file, field);
      if (weights.has(weight.name)) graph.field(5, weightMessage(file, field, folder, placeOf));
    } else if (field.number === 11 && inputs !== null) continue;
    else if (field.number === 12 && outputs !== null) continue;
    else copyField(file, field, graph);
  }
  for (const tensor of inputs ?? []) graph.field(11, valueMessage(tensor));
  for (const tensor of outputs ?? []) graph.field(12, valueMessage(tensor));
  for (const tensor of copies) {
    graph.field(1, identityMessage(tensor.of, tensor.name));
    graph.field(12, valueMessage(tensor));
  }
  return graph;
}

function weightMessage(
  file: ProtoFile,
  message: Field,
  folder: string,
  placeOf: (weight: Weight) => FileRange | null,
): Message {
  const weight = weightOf(file, message);
  const tensor = new Message();
  const range = isLarge(weight) ? placeOf(weight) : null;
  for (const field of file.fields(message.start, message.end)) {
    const isData = [4, 9, 13, 14].includes(field.number);
    if (range === null || !isData) copyField(file, field, tensor);
  }
  if (range === null) return tensor;
  const location = relative(folder, range.path).replaceAll(sep, "/");
  return tensor
    .field(13, pair("location", location))
    .field(13, pair("offset", String(range.offset)))
    .field(13, pair("length", String(range.length)))
    .int(14, 1); // data_location = EXTERNAL
}

function pair(key: string, value: string): Message {
  return new Message().field(1, key).field(2, value);
}

function identityMessage(input: string, output: string): Message {
  return new Message().field(1, input).field(2, output).field(3, `${output}/Identity`)
    .field(4, "Identity");
}
