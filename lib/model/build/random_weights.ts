/**
 * Random weights from a seed, in pieces of a few megabytes.
 *
 * @module
 */
import type { WeightSpec } from "./graph_spec.ts";
import { DataType } from "../onnx_types.ts";

/** Gives the bytes of a weight in the shape and type that the graph wants; a piece is good until the next. */
export type WeightValues = (weight: WeightSpec) => Iterable<Uint8Array>;

const CHUNK_ELEMENTS = 1 << 20;

/**
 * Random weights: norms as they begin, the rest uniform with the given standard deviation. A number
 * follows from the seed, the weight's name and its place in the checkpoint that there would be, so
 * the same seed gives the same model at every precision.
 */
export function randomWeights(seed: number, standardDeviation: number): WeightValues {
  const room = new Float32Array(CHUNK_ELEMENTS);
  const halves = new Float16Array(CHUNK_ELEMENTS);
  const width = standardDeviation * Math.sqrt(12) / 2 ** 32;
  return function* (weight) {
    const isHalf = weight.dataType === DataType.FLOAT16;
    const elements = weight.dims.reduce((product, dim) => product * dim, 1);
    const stream = hash(`${seed}:${weight.name}`);
    for (let start = 0; start < elements; start += CHUNK_ELEMENTS) {
      const chunk = room.subarray(0, Math.min(CHUNK_ELEMENTS, elements - start));
      if (weight.fill === "random") fillRandom(chunk, start, stream, width, weight);
      else chunk.fill(weight.fill === "ones" ? 1 : 0);
      if (isHalf) halves.set(chunk);
      yield new Uint8Array((isHalf ? halves : room).buffer, 0, chunk.length * (isHalf ? 2 : 4));
    }
  };
}

function fillRandom(
  chunk: Float32Array,
  start: number,
  stream: number,
  width: number,
  { dims, transposed }: WeightSpec,
): void {
  const columns = dims.at(-1)!;
  const rows = transposed ? dims[0]! : 1; // turned, neighbours lie a column of the source apart
  let row = transposed ? Math.floor(start / columns) : 0;
  let column = transposed ? start % columns : start;
  for (let i = 0; i < chunk.length; i++) {
    chunk[i] = mixed(stream, column * rows + row) * width;
    column++;
    if (transposed && column === columns) {
      column = 0;
      row++;
    }
  }
}

// Counter in, 32 random bits out (a mixer that skeeto/hash-prospector found, issue 19): plenty for
// values that only have to look like weights.
function mixed(stream: number, index: number): number {
  let bits = stream + Math.imul(index, 0x9e3779b9) | 0;
  bits = Math.imul(bits ^ bits >>> 16, 0x21f0aaad);
  bits = Math.imul(bits ^ bits >>> 15, 0xd35a2d97);
  return bits ^ bits >>> 15;
}

// FNV-1a.
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  }
  return value | 0;
}
