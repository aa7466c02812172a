/**
 * Weights without their data: name, shape, type, and where the data lies.
 *
 * @module
 */
import { MOST_DIMS, type OnnxFile } from "./onnx_file.ts";
import { entryOf } from "./onnx_messages.ts";
import { byteLengthOf } from "./onnx_types.ts";
import type { Field } from "./proto_reader.ts";

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

/** Reads a `TensorProto`; `InputError` where its shape, type and bytes do not agree. */
export function readTensor(file: OnnxFile, message: Field): TensorInfo {
  file.admit();
  const tensor: TensorInfo = {
    name: "",
    dims: [],
    dataType: 0,
    elements: 0,
    byteLength: 0,
    external: null,
  };
  let rawBytes: number | null = null;
  let typedBytes = 0;
  let isExternal = false;
  const entries = new Map<string, string>();
  for (const field of file.fields(message.start, message.end)) {
    if (field.number === 1) {
      tensor.dims.push(...file.varints(field, MOST_DIMS));
      if (tensor.dims.length > MOST_DIMS) throw file.corrupt("a weight has too many dimensions");
    } else if (field.number === 2) tensor.dataType = field.value;
    else if (field.number === 8 && field.wire === 2) tensor.name = file.text(field);
    else if (field.number === 9 && field.wire === 2) rawBytes = field.end - field.start;
    else if (field.number === 13 && field.wire === 2) entries.set(...entryOf(file, field));
    else if (field.number === 14) isExternal = field.value === 1;
    else typedBytes += field.end - field.start; // float_data, int32_data and their kin
  }
  tensor.elements = tensor.dims.reduce((product, dim) => product * dim, 1);
  if (!tensor.dims.every((dim) => dim >= 0) || !Number.isSafeInteger(tensor.elements)) {
    throw file.corrupt(`the weight "${tensor.name}" has the impossible shape [${tensor.dims}]`);
  }
  const byteLength = byteLengthOf(tensor.dataType, tensor.elements);
  if (byteLength === null && tensor.dataType !== STRING) {
    throw file.corrupt(`the weight "${tensor.name}" has the unknown type ${tensor.dataType}`);
  }
  tensor.byteLength = byteLength ?? rawBytes ?? 0;
  if (isExternal) {
    tensor.external = readExternal(file, tensor, entries);
  } else if (rawBytes !== null && rawBytes !== tensor.byteLength) {
    throw file.corrupt(
      `the weight "${tensor.name}" has ${rawBytes} bytes where its shape [${tensor.dims}] takes ${tensor.byteLength}`,
    );
  } else if (rawBytes === null && tensor.elements > 4 * typedBytes) {
    // Four elements of two bits are the most that a byte holds.
    throw file.corrupt(
      `the weight "${tensor.name}" has ${typedBytes} bytes where its shape is [${tensor.dims}]`,
    );
  }
  return tensor;
}

const STRING = 8; // TensorProto.DataType; no weight, but legal in a graph

function readExternal(
  file: OnnxFile,
  { name, byteLength }: TensorInfo,
  entries: ReadonlyMap<string, string>,
): NonNullable<TensorInfo["external"]> {
  const location = entries.get("location") ?? "";
  const offset = Number(entries.get("offset") ?? 0);
  const length = entries.has("length") ? Number(entries.get("length")) : null;
  const isRange = Number.isSafeInteger(offset) && offset >= 0 &&
    (length === null || (Number.isSafeInteger(length) && length >= 0));
  if (location === "" || !isRange) {
    throw file.corrupt(
      `the weight "${name}" lies in "${location}" at byte ${entries.get("offset") ?? 0}`,
    );
  }
  if (length !== null && length < byteLength) {
    throw file.corrupt(
      `the weight "${name}" has ${length} bytes in "${location}" where its shape takes ${byteLength}`,
    );
  }
  return { location, offset, length };
}
