/**
 * Tensors of the runtime: what they are, and their content.
 *
 * @module
 */
import type { TappedTensor } from "../engine.ts";
import { widened } from "../half_floats.ts";
import type { HostType } from "../host_tensor.ts";
import { type Address, bytesAt, type OrtApi } from "./api.ts";

/** `ONNXTensorElementDataType`, in its order. */
export const ELEMENT_TYPES: readonly string[] = [
  "undefined",
  "float32",
  "uint8",
  "int8",
  "uint16",
  "int16",
  "int32",
  "int64",
  "string",
  "bool",
  "float16",
  "float64",
  "uint32",
  "uint64",
  "complex64",
  "complex128",
  "bfloat16",
];

/** The number of an element type. */
export function elementType(type: HostType): number {
  return ELEMENT_TYPES.indexOf(type);
}

/** Type and shape that `info` (`OrtTensorTypeAndShapeInfo*`) describes; an open axis is negative. */
export function describe(api: OrtApi, info: Address): { type: string; dims: number[] } {
  const out = new Int32Array(1);
  api.call("GetTensorElementType", info, out);
  const dims = new BigInt64Array(Number(api.make("GetDimensionsCount", info)));
  if (dims.length > 0) api.call("GetDimensions", info, dims, dims.length);
  return { type: ELEMENT_TYPES[out[0]!] ?? `number ${out[0]}`, dims: Array.from(dims, Number) };
}

/** The shape of a value; its rank is known, which spares a call. */
export function dimsOf(api: OrtApi, value: Address, rank: number): number[] {
  const info = api.make("GetTensorTypeAndShape", value);
  try {
    const dims = new BigInt64Array(rank);
    api.call("GetDimensions", info, dims, rank);
    return Array.from(dims, Number);
  } finally {
    api.release("ReleaseTensorTypeAndShapeInfo", info);
  }
}

/** Type and shape of a value. */
export function describeValue(api: OrtApi, value: Address): { type: string; dims: number[] } {
  const info = api.make("GetTensorTypeAndShape", value);
  try {
    return describe(api, info);
  } finally {
    api.release("ReleaseTensorTypeAndShapeInfo", info);
  }
}

/** Of each of `rows` sequences the last row of logits, copied; nothing else of them is. */
export function lastRowsOf(api: OrtApi, value: Address, rows: number): Float32Array[] {
  const { type, dims } = describeValue(api, value);
  const size = dims.at(-1)!;
  const each = dims.reduce((product, dim) => product * dim, 1) / rows;
  const bytes = type === "float16" ? 2 : 4;
  const data = api.make("GetTensorMutableData", value);
  return Array.from({ length: rows }, (_, row) => {
    const from = data + BigInt(((row + 1) * each - size) * bytes);
    const { buffer } = bytesAt(from, size * bytes).slice();
    return type === "float16" ? widened(new Uint16Array(buffer)) : new Float32Array(buffer);
  });
}

/** A copy of a value, as taps show it. */
export function tappedOf(api: OrtApi, value: Address): TappedTensor {
  const { type, dims } = describeValue(api, value);
  const count = dims.reduce((product, dim) => product * dim, 1);
  const data = count === 0 ? 0n : api.make("GetTensorMutableData", value);
  const copy = (width: number) => bytesAt(data, count * width).slice().buffer;
  switch (type) {
    case "float32":
      return { data: new Float32Array(copy(4)), dims };
    case "float16":
      return { data: widened(new Uint16Array(copy(2))), dims };
    case "int32":
      return { data: new Int32Array(copy(4)), dims };
    case "int64":
      return { data: new BigInt64Array(copy(8)), dims };
    case "bool":
    case "uint8":
      return { data: new Uint8Array(copy(1)), dims };
    default:
      throw new Error(`Cannot show a tensor of type ${type}`);
  }
}
