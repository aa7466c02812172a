/**
 * Tensors of `onnxruntime-node`, and what Deno needs to handle half floats in them.
 *
 * @module
 */
import { Tensor } from "onnxruntime-node";
import type { TappedTensor } from "./engine.ts";
import { widened } from "./half_floats.ts";
import type { HostTensor } from "./host_tensor.ts";

// Deno's N-API takes a Float16Array for empty. onnxruntime-common looks once, at its first tensor,
// whether that class exists, and takes Uint16Array for good where it does not (notes, section 1).
const halfArray = Object.getOwnPropertyDescriptor(globalThis, "Float16Array")!;
Reflect.deleteProperty(globalThis, "Float16Array");
try {
  new Tensor("float32", new Float32Array(1), [1]);
} finally {
  Object.defineProperty(globalThis, "Float16Array", halfArray);
}

/** The runtime's tensor over the same memory. */
export function toTensor({ type, data, dims }: HostTensor): Tensor {
  // Its overloads pair each type with its array; HostTensor's are paired the same way.
  return new Tensor(type as "float32", data as Float32Array, dims);
}

/** A tensor as taps show it; half floats are widened. */
export function tapped({ type, data, dims }: Tensor): TappedTensor {
  if (type !== "float16") return { data: data as TappedTensor["data"], dims };
  return { data: widened(data as Uint16Array), dims };
}

/** Of each of `rows` sequences the scores after its last token. */
export function lastRows(logits: Tensor, rows: number): Float32Array[] {
  const size = logits.dims.at(-1)!;
  const each = logits.data.length / rows;
  return Array.from({ length: rows }, (_, row) => {
    const end = (row + 1) * each;
    if (logits.type !== "float32") {
      return widened((logits.data as Uint16Array).subarray(end - size, end));
    }
    const data = logits.data as Float32Array;
    return data.length === size ? data : data.slice(end - size, end);
  });
}
