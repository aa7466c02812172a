/**
 * Tensors in JavaScript's memory, as every engine takes them: plain data, no runtime's class.
 *
 * @module
 */

/** Element types that decoders are fed with; `float16` is held as its bits. */
export type HostType = "int32" | "int64" | "bool" | "float32" | "float16" | "int8" | "uint8";

/** A tensor that can be handed to a runtime. */
export interface HostTensor {
  type: HostType;
  data: Int32Array | BigInt64Array | Uint8Array | Float32Array | Uint16Array | Int8Array;
  dims: readonly number[];
}

/** An array of zeros of a type. */
export function zeros(type: HostType, length: number): HostTensor["data"] {
  switch (type) {
    case "int32":
      return new Int32Array(length);
    case "int64":
      return new BigInt64Array(length);
    case "float32":
      return new Float32Array(length);
    case "float16":
      return new Uint16Array(length);
    case "int8":
      return new Int8Array(length);
    default:
      return new Uint8Array(length);
  }
}

/** A tensor of one-element values `at(0)`, `at(1)`, …, written as its type asks. */
export function filled(
  type: HostType,
  dims: readonly number[],
  at: (index: number) => number,
): HostTensor {
  const length = sizeOf(dims);
  const data = zeros(type, length);
  if (data instanceof BigInt64Array) {
    for (let i = 0; i < length; i++) data[i] = BigInt(at(i));
  } else if (type === "float16") {
    const half = new Float16Array(data.buffer as ArrayBuffer);
    for (let i = 0; i < length; i++) half[i] = at(i);
  } else {
    for (let i = 0; i < length; i++) data[i] = at(i);
  }
  return { type, data, dims };
}

/** Elements of a shape. */
export function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/** Bytes of an element. */
export function bytesOf(type: HostType): number {
  return zeros(type, 0).BYTES_PER_ELEMENT;
}
