/**
 * Tensors as they were captured, and as the runtime takes them again.
 *
 * @module
 */
import type { Tensor } from "onnxruntime-node";
import type { TappedTensor } from "../../inference/mod.ts";

/** Names of ONNX's element types, as `onnxruntime-node` spells them. */
const TYPES: Readonly<Record<number, string>> = {
  1: "float32",
  2: "uint8",
  3: "int8",
  6: "int32",
  7: "int64",
  9: "bool",
  10: "float16",
};

/** A captured tensor with the element type that it had. */
export interface Captured extends TappedTensor {
  dataType: number;
}

/** The runtime's own tensor; `null` where a type has none. Half floats, widened, are narrowed again. */
export function asTensor(
  make: typeof Tensor,
  { data, dims, dataType }: Captured,
): Tensor | null {
  const type = TYPES[dataType];
  if (type === undefined) return null;
  const raw = type === "float16"
    ? new Uint16Array(new Float16Array(data as Float32Array).buffer)
    : data;
  return new make(type as "float32", raw as Float32Array, dims);
}

/** What a tensor holds; half floats are widened. */
export type Numbers = ArrayLike<number | bigint>;

/** What a tensor of the runtime holds. */
export function numbersOf({ type, data }: Tensor): Numbers {
  if (type !== "float16") return data as Float32Array;
  const half = data as unknown as Uint16Array<ArrayBuffer>;
  return Float32Array.from(new Float16Array(half.buffer, half.byteOffset, half.length));
}

/** Bytes of a captured tensor, as the runtime has it. */
export function bytesOf({ data, dataType }: Captured): number {
  return dataType === 10 ? data.length * 2 : data.byteLength;
}

/** The largest difference of two tensors, in parts of the largest finite number in the first. */
export function differenceOf(expected: Numbers, found: Numbers): number {
  if (expected.length !== found.length) return Infinity;
  let [most, largest] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [Number(expected[i]), Number(found[i])];
    if (Number.isFinite(a)) largest = Math.max(largest, Math.abs(a));
    if (Object.is(a, b) || a === b) continue;
    if (!Number.isFinite(a - b)) return Infinity;
    most = Math.max(most, Math.abs(a - b));
  }
  return most === 0 ? 0 : most / Math.max(largest, Number.MIN_VALUE);
}
