/**
 * Rows of numbers in int4, in blocks that share a scale, by the arithmetic of
 * `onnxruntime.quantization` (round to nearest; microsoft/onnxruntime, mlas/lib/q4_dq.cpp): bit for
 * bit the same where its compiler fuses no multiply-adds, as in its builds for x64.
 *
 * @module
 */

/** Blocks of int4 numbers. */
export interface BlockFormat {
  /** Numbers that share a scale. */
  blockSize: number;
  /** Whether 8 stands for 0 in all blocks; else each has a zero point. */
  symmetric: boolean;
}

/** Blocks in a row; the last one may be padded. */
export function blockCount(rowLength: number, blockSize: number): number {
  return Math.ceil(rowLength / blockSize);
}

/** Bytes of a row's zero points, two in each. */
export function zeroPointBytes(blocks: number): number {
  return Math.ceil(blocks / 2);
}

const CHUNK_BYTES = 1 << 20;

/** One of the tensors that make up a quantized matrix, from its rows in pieces of any size. */
export function* int4Part(
  pieces: Iterable<Float32Array>,
  part: "values" | "scales" | "zeroPoints",
  rowLength: number,
  format: BlockFormat,
  halfScales: boolean,
): Generator<Uint8Array<ArrayBuffer>> {
  const row = new RowOfBlocks(rowLength, format, halfScales);
  const bytes = part === "values"
    ? row.packed
    : part === "zeroPoints"
    ? row.zeroPoints
    : new Uint8Array(row.scales.buffer);
  const chunk = new Uint8Array(bytes.length * Math.max(1, Math.floor(CHUNK_BYTES / bytes.length)));
  let filled = 0;
  for (const values of rowsOf(pieces, rowLength)) {
    row.measure(values);
    if (part === "values") row.pack(values);
    chunk.set(bytes, filled);
    filled += bytes.length;
    if (filled < chunk.length) continue;
    yield chunk;
    filled = 0;
  }
  yield chunk.subarray(0, filled);
}

function* rowsOf(pieces: Iterable<Float32Array>, length: number): Generator<Float32Array> {
  const row = new Float32Array(length);
  let filled = 0;
  for (const piece of pieces) {
    for (let start = 0; start < piece.length;) {
      if (filled === 0 && piece.length - start >= length) {
        yield piece.subarray(start, start + length);
        start += length;
        continue;
      }
      const taken = piece.subarray(start, start + length - filled);
      row.set(taken, filled);
      start += taken.length;
      filled += taken.length;
      if (filled < length) continue;
      yield row;
      filled = 0;
    }
  }
}

/** The blocks of one row; the next row takes their place. */
class RowOfBlocks {
  readonly scales: Float32Array<ArrayBuffer> | Float16Array<ArrayBuffer>;
  /** Two to a byte, the first one low. */
  readonly zeroPoints: Uint8Array<ArrayBuffer>;
  /** Two numbers to a byte, the first one low; what pads the last block stays 0. */
  readonly packed: Uint8Array<ArrayBuffer>;
  readonly #zeros: Uint8Array;
  readonly #format: BlockFormat;

  constructor(rowLength: number, format: BlockFormat, halfScales: boolean) {
    const blocks = blockCount(rowLength, format.blockSize);
    this.#format = format;
    this.scales = halfScales ? new Float16Array(blocks) : new Float32Array(blocks);
    this.zeroPoints = new Uint8Array(zeroPointBytes(blocks));
    this.packed = new Uint8Array(blocks * format.blockSize / 2);
    this.#zeros = new Uint8Array(blocks).fill(8);
  }

  /** Finds each block's scale and zero point. */
  measure(row: Float32Array): void {
    const { blockSize, symmetric } = this.#format;
    for (let block = 0; block < this.scales.length; block++) {
      const start = block * blockSize;
      const end = Math.min(row.length, start + blockSize);
      let least = Infinity;
      let most = -Infinity;
      for (let i = start; i < end; i++) {
        const value = row[i]!;
        if (value < least) least = value;
        if (value > most) most = value;
      }
      if (symmetric) {
        // −8 reaches farther than 7: it is given to the end that is farther from 0.
        this.scales[block] = -(Math.abs(most) > Math.abs(least) ? most : least) / 8;
        continue;
      }
      least = Math.min(least, 0);
      most = Math.max(most, 0);
      const scale = Math.fround(Math.fround(most - least) / 15);
      const zero = scale === 0 ? 0 : Math.fround(-least / scale);
      this.scales[block] = scale;
      this.#zeros[block] = zero > 15 ? 15 : Math.floor(zero + 0.5);
    }
    if (symmetric) return;
    for (let i = 0; i < this.zeroPoints.length; i++) {
      this.zeroPoints[i] = this.#zeros[2 * i]! | (this.#zeros[2 * i + 1] ?? 8) << 4;
    }
  }

  /** Writes the row in steps of the scales as they are kept, halves away from 0. */
  pack(row: Float32Array): void {
    const { blockSize } = this.#format;
    for (let block = 0; block < this.scales.length; block++) {
      const start = block * blockSize;
      const end = Math.min(row.length, start + blockSize);
      const scale = this.scales[block]!;
      const perUnit = scale === 0 ? 0 : Math.fround(1 / scale);
      const zero = this.#zeros[block]!;
      for (let i = start; i < end; i += 2) {
        const low = steps(row[i]!, perUnit, zero);
        const high = i + 1 < end ? steps(row[i + 1]!, perUnit, zero) : 0;
        this.packed[i >> 1] = low | high << 4;
      }
    }
  }
}

function steps(value: number, perUnit: number, zero: number): number {
  const exact = Math.fround(Math.fround(value * perUnit) + zero);
  return exact >= 15 ? 15 : exact < 0.5 ? 0 : Math.floor(exact + 0.5);
}
