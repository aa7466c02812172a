/**
 * Weights of a checkpoint in the shape and type of the graph, in pieces of a few megabytes. No
 * tensor is held whole: an embedding of half a gigabyte costs no more memory than a norm.
 *
 * @module
 */
import { InputError } from "../../errors.ts";
import { DataType } from "../onnx_types.ts";
import type { Checkpoint, CheckpointTensor } from "../safetensors.ts";
import { conversion, inHalves } from "./float_conversion.ts";
import type { WeightSpec } from "./graph_spec.ts";
import type { WeightValues } from "./random_weights.ts";

/** Numbers that are held at a time. */
export interface PieceSizes {
  /** Of what is handed over. */
  chunk: number;
  /** Of what is read of a matrix that is transposed: strips of all its rows. */
  block: number;
}

const PIECE_SIZES: PieceSizes = { chunk: 1 << 20, block: 12 << 20 };

/**
 * The values of `weights`; `InputError` where one is missing or has another shape, or where the
 * checkpoint holds weights that the config has no place for. All are compared before any is read.
 */
export function checkpointWeights(
  checkpoint: Checkpoint,
  path: string,
  weights: readonly WeightSpec[],
  sizes: PieceSizes = PIECE_SIZES,
): WeightValues {
  const tensors = matched(checkpoint, path, weights);
  const room = new ArrayBuffer(4 * sizes.chunk);
  return function* (weight) {
    const tensor = tensors.get(weight)!;
    const isHalf = weight.dataType === DataType.FLOAT16;
    const make = (count: number) =>
      isHalf ? new Uint16Array(room, 0, count) : new Uint32Array(room, 0, count);
    const blocks = weight.transposed
      ? strips(tensor, weight.dims as [number, number], sizes.block)
      : runs(tensor, sizes.chunk);
    for (const block of blocks) {
      const source = { ...block, values: inHalves(block.values, isHalf) };
      const table = conversion(tensor.dtype, isHalf);
      const { rows, columns } = block;
      const rowsPerChunk = Math.max(1, Math.floor(sizes.chunk / columns));
      for (let first = 0; first < rows; first += rowsPerChunk) {
        const count = Math.min(rowsPerChunk, rows - first);
        const chunk = count * columns > sizes.chunk
          ? new (isHalf ? Uint16Array : Uint32Array)(count * columns)
          : make(count * columns);
        turn(source, first, count, table, chunk);
        yield new Uint8Array(chunk.buffer, 0, chunk.byteLength);
      }
    }
  };
}

// So many columns at a time stay in the cache's first level: four times as fast as all of them.
const COLUMNS_AT_ONCE = 16;

// Rows of the result are columns of the source; where there is one, this copies in order.
function turn(
  { values, rows, columns }: Block,
  first: number,
  count: number,
  table: Uint32Array | Uint16Array | null,
  result: Uint32Array | Uint16Array,
): void {
  for (let start = 0; start < columns; start += COLUMNS_AT_ONCE) {
    const end = Math.min(columns, start + COLUMNS_AT_ONCE);
    for (let row = 0; row < count; row++) {
      let from = start * rows + first + row;
      let to = row * columns + start;
      for (let column = start; column < end; column++, from += rows) {
        const value = values[from]!;
        result[to++] = table === null ? value : table[value]!;
      }
    }
  }
}

/** A part of a tensor: `columns` runs of `rows` numbers. */
interface Block {
  values: Uint32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;
  rows: number;
  columns: number;
}

function* runs(tensor: CheckpointTensor, chunk: number): Generator<Block> {
  const elements = tensor.shape.reduce((product, dim) => product * dim, 1);
  const bits = bitsFor(tensor, Math.min(chunk, elements));
  for (let start = 0; start < elements; start += chunk) {
    const values = bits.subarray(0, Math.min(chunk, elements - start));
    tensor.read(start, values);
    yield { values, rows: 1, columns: values.length };
  }
}

function* strips(
  tensor: CheckpointTensor,
  [into, out]: [number, number],
  block: number,
): Generator<Block> {
  const most = Math.min(into, Math.max(1, Math.floor(block / out)));
  const bits = bitsFor(tensor, most * out);
  for (let first = 0; first < into; first += most) {
    const rows = Math.min(most, into - first);
    const values = bits.subarray(0, rows * out);
    if (rows === into) tensor.read(0, values);
    else {
      for (let column = 0; column < out; column++) {
        tensor.read(column * into + first, values.subarray(column * rows, (column + 1) * rows));
      }
    }
    yield { values, rows, columns: out };
  }
}

function bitsFor(tensor: CheckpointTensor, count: number): Block["values"] {
  return tensor.dtype === "F32" ? new Uint32Array(count) : new Uint16Array(count);
}

function matched(
  checkpoint: Checkpoint,
  path: string,
  weights: readonly WeightSpec[],
): Map<WeightSpec, CheckpointTensor> {
  const left = new Set(checkpoint.tensors.keys());
  const found = new Map<WeightSpec, CheckpointTensor>();
  for (const weight of weights) {
    // Some checkpoints leave the outermost module out: GPT-2's begins with "wte.weight".
    const name = [weight.name, weight.name.replace(/^(model|transformer)\./, "")]
      .find((candidate) => checkpoint.tensors.has(candidate));
    if (name === undefined) throw misfit(path, `it has no weight "${weight.name}"`);
    const tensor = checkpoint.tensors.get(name)!;
    const wanted = weight.transposed ? [...weight.dims].reverse() : [...weight.dims];
    if (String(tensor.shape) !== String(wanted)) {
      throw misfit(path, `"${name}" is [${tensor.shape}], the config needs [${wanted}]`);
    }
    tensor.check();
    left.delete(name);
    found.set(weight, tensor);
  }
  const unused = [...left].filter((name) => !BESIDE.test(name));
  if (unused.length > 0) {
    throw misfit(path, `the config has no place for ${unused.length} weights: "${unused[0]}", …`);
  }
  return found;
}

// Tables that old checkpoints keep, and the copy that some keep of a head that is the embedding.
const BESIDE = /(rotary_emb\.inv_freq|\.attn\.bias|\.attn\.masked_bias|^lm_head\.weight)$/;

function misfit(path: string, problem: string): InputError {
  return new InputError(`Cannot build from "${path}": ${problem}`, {
    remedy: "check that config.json belongs to these weights",
  });
}
