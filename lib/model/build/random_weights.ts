/**
 * Random weights from a seed, in pieces of a few megabytes.
 *
 * @module
 */
import type { WeightSpec } from "./graph_spec.ts";
import { DataType } from "../onnx_types.ts";

/** Gives the bytes of a weight in the shape and type that the graph wants; a piece is good until the next. */
export type WeightValues = (weight: WeightSpec) => Generator<Uint8Array>;

const CHUNK_ELEMENTS = 1 << 20;

/**
 * Random weights: norms as they begin, the rest uniform with the given standard deviation.
 * Every weight has a stream of its own, so its values do not depend on the others.
 */
export function randomWeights(seed: number, standardDeviation: number): WeightValues {
  const room = new Float32Array(CHUNK_ELEMENTS);
  const halves = new Float16Array(CHUNK_ELEMENTS);
  return function* (weight) {
    const isHalf = weight.dataType === DataType.FLOAT16;
    const elements = weight.dims.reduce((product, dim) => product * dim, 1);
    const width = standardDeviation * Math.sqrt(12) / 2 ** 32;
    let state = hash(`${seed}:${weight.name}`);
    for (let start = 0; start < elements; start += CHUNK_ELEMENTS) {
      const count = Math.min(CHUNK_ELEMENTS, elements - start);
      const chunk = room.subarray(0, count);
      if (weight.fill === "random") {
        for (let i = 0; i < count; i++) {
          // xorshift32 (Marsaglia, 2003): plenty for values that only have to look like weights.
          state ^= state << 13;
          state ^= state >>> 17;
          state ^= state << 5;
          chunk[i] = state * width;
        }
      } else chunk.fill(weight.fill === "ones" ? 1 : 0);
      if (isHalf) halves.set(chunk);
      yield new Uint8Array((isHalf ? halves : room).buffer, 0, count * (isHalf ? 2 : 4));
    }
  };
}

// FNV-1a; never 0, where xorshift would stay for ever.
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  }
  return value === 0 ? 1 : value | 0;
}
