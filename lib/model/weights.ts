/**
 * The values of a model's weights, in pieces of a few megabytes: from a checkpoint or from a seed.
 * At most one tensor of a checkpoint is held at a time.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import type { WeightSpec } from "./graph_spec.ts";
import { DataType } from "./onnx_types.ts";
import type { Checkpoint } from "./safetensors.ts";

/** Gives the bytes of a weight in the shape and type that the graph wants. */
export type WeightValues = (weight: WeightSpec) => Generator<Uint8Array>;

const CHUNK_ELEMENTS = 1 << 20;

/** Weights of a checkpoint, transposed and converted; `InputError` where one is missing or differs. */
export function checkpointWeights(checkpoint: Checkpoint, path: string): WeightValues {
  return function* (weight) {
    const tensor = checkpoint.tensors.get(weight.name);
    if (tensor === undefined) {
      throw new InputError(`Cannot build from "${path}": it has no weight "${weight.name}"`, {
        remedy: "check that config.json belongs to these weights",
      });
    }
    const wanted = weight.transposed ? [...weight.dims].reverse() : [...weight.dims];
    if (String(tensor.shape) !== String(wanted)) {
      throw new InputError(
        `Cannot build from "${path}": "${weight.name}" is [${tensor.shape}], the config needs [${wanted}]`,
        { remedy: "check that config.json belongs to these weights" },
      );
    }
    const half = weight.dataType === DataType.FLOAT16;
    const bits = tensor.read();
    const source = bits instanceof Uint32Array
      ? (half ? halve(new Float32Array(bits.buffer)) : bits)
      : bits;
    // 16-bit numbers are few: one table converts them all.
    const table = bits instanceof Uint32Array ? null : tableOf(tensor.dtype === "BF16", half);
    const [rows, columns] = weight.transposed
      ? [weight.dims[0]!, weight.dims[1]!]
      : [1, source.length];
    yield* pieces(source, table, half, rows, columns);
  };
}

// Rows of the result are columns of the source; where there is one row, this copies in order.
function* pieces(
  source: Uint32Array | Uint16Array,
  table: Uint32Array | Uint16Array | null,
  half: boolean,
  rows: number,
  columns: number,
): Generator<Uint8Array> {
  const make = (length: number) => half ? new Uint16Array(length) : new Uint32Array(length);
  if (rows === 1) {
    for (let start = 0; start < columns; start += CHUNK_ELEMENTS) {
      const count = Math.min(CHUNK_ELEMENTS, columns - start);
      const chunk = make(count);
      for (let i = 0; i < count; i++) {
        const value = source[start + i]!;
        chunk[i] = table === null ? value : table[value]!;
      }
      yield new Uint8Array(chunk.buffer);
    }
    return;
  }
  const rowsPerChunk = Math.max(1, Math.floor(CHUNK_ELEMENTS / columns));
  for (let first = 0; first < rows; first += rowsPerChunk) {
    const count = Math.min(rowsPerChunk, rows - first);
    const chunk = make(count * columns);
    for (let column = 0; column < columns; column++) {
      const start = column * rows + first;
      for (let row = 0; row < count; row++) {
        const value = source[start + row]!;
        chunk[row * columns + column] = table === null ? value : table[value]!;
      }
    }
    yield new Uint8Array(chunk.buffer);
  }
}

function halve(values: Float32Array): Uint16Array {
  return new Uint16Array(new Float16Array(values).buffer);
}

const tables = new Map<string, Uint32Array | Uint16Array>();

function tableOf(brain: boolean, half: boolean): Uint32Array | Uint16Array | null {
  if (half && !brain) return null;
  const key = `${brain}:${half}`;
  const known = tables.get(key);
  if (known !== undefined) return known;
  const bits = new Uint16Array(65536).map((_, i) => i);
  const values = brain
    ? new Float32Array(new Uint32Array(65536).map((_, i) => i << 16 >>> 0).buffer)
    : new Float32Array(new Float16Array(bits.buffer));
  const table = half ? halve(values) : new Uint32Array(values.buffer);
  tables.set(key, table);
  return table;
}

/**
 * Random weights from a seed: norms are 1, the rest uniform with the given standard deviation.
 * Every weight has a stream of its own, so its values do not depend on the others.
 */
export function randomWeights(seed: number, standardDeviation: number): WeightValues {
  return function* (weight) {
    const isNorm = /norm\.weight$/.test(weight.name);
    const half = weight.dataType === DataType.FLOAT16;
    const elements = weight.dims.reduce((product, dim) => product * dim, 1);
    const width = standardDeviation * Math.sqrt(12) / 2 ** 32;
    let state = hash(`${seed}:${weight.name}`);
    for (let start = 0; start < elements; start += CHUNK_ELEMENTS) {
      const chunk = new Float32Array(Math.min(CHUNK_ELEMENTS, elements - start));
      for (let i = 0; i < chunk.length; i++) {
        // xorshift32 (Marsaglia, 2003): plenty for values that only have to look like weights.
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        chunk[i] = isNorm ? 1 : state * width;
      }
      const data = half ? halve(chunk) : chunk;
      yield new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
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
