/**
 * The element types of ONNX tensors (`TensorProto.DataType` of onnx.proto) that decoders use.
 *
 * @module
 */

/** Codes of `TensorProto.DataType`. */
export const DataType = {
  FLOAT: 1,
  UINT8: 2,
  INT8: 3,
  INT32: 6,
  INT64: 7,
  BOOL: 9,
  FLOAT16: 10,
  BFLOAT16: 16,
  UINT4: 21,
  INT4: 22,
} as const;

const BITS: Readonly<Record<number, number>> = {
  1: 32, // FLOAT
  2: 8, // UINT8
  3: 8, // INT8
  4: 16, // UINT16
  5: 16, // INT16
  6: 32, // INT32
  7: 64, // INT64
  9: 8, // BOOL
  10: 16, // FLOAT16
  11: 64, // DOUBLE
  12: 32, // UINT32
  13: 64, // UINT64
  14: 64, // COMPLEX64
  15: 128, // COMPLEX128
  16: 16, // BFLOAT16
  17: 8, // FLOAT8E4M3FN and its kin
  18: 8,
  19: 8,
  20: 8,
  21: 4, // UINT4
  22: 4, // INT4
  23: 4, // FLOAT4E2M1
  24: 8, // FLOAT8E8M0
  25: 2, // UINT2
  26: 2, // INT2
};

/** Bytes of `count` elements of a type; `null` where the type has no fixed size (strings). */
export function byteLengthOf(dataType: number, count: number): number | null {
  const bits = BITS[dataType];
  return bits === undefined ? null : Math.ceil(count * bits / 8);
}

/** How weights of a type are called: `"fp32"`, `"fp16"`, …; `null` for types that hold no weights. */
export function precisionOf(dataType: number): string | null {
  switch (dataType) {
    case DataType.FLOAT:
      return "fp32";
    case DataType.FLOAT16:
      return "fp16";
    case DataType.BFLOAT16:
      return "bf16";
    case DataType.UINT8:
    case DataType.INT8:
      return "int8";
    case DataType.UINT4:
    case DataType.INT4:
      return "int4";
    default:
      return null;
  }
}
