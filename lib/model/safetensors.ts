/**
 * Reading safetensors checkpoints, one tensor at a time
 * (format: huggingface.co/docs/safetensors, "8 bytes N, N bytes of JSON, the data").
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { InputError } from "../errors.ts";
import { readJsonObject, statOrNull, unreadable } from "./files.ts";

/** A tensor of a checkpoint. */
export interface CheckpointTensor {
  dtype: "F32" | "F16" | "BF16";
  shape: number[];
  /** Throws an `InputError` where the type cannot be used or the bytes do not fit the shape. */
  check(): void;
  /** Fills `bits` with elements from number `first`: 32 bits each for F32, 16 for the others. */
  read(first: number, bits: Uint32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>): void;
}

/** An open checkpoint of one file or of several that an index names. */
export interface Checkpoint extends Disposable {
  tensors: Map<string, CheckpointTensor>;
}

const DTYPES = ["F32", "F16", "BF16"];
// The reference implementation's own limit (huggingface/safetensors, MAX_HEADER_SIZE).
const MOST_HEADER_BYTES = 100_000_000;

/** The weights file of a checkpoint folder, or `null` where the folder holds none. */
export function checkpointFile(folder: string): string | null {
  for (const name of ["model.safetensors", "model.safetensors.index.json"]) {
    if (statOrNull(join(folder, name)) !== null) return join(folder, name);
  }
  return null;
}

/** Opens a `.safetensors` file or a `.safetensors.index.json`; `InputError` where it is not whole. */
export function openCheckpoint(path: string): Checkpoint {
  const tensors = new Map<string, CheckpointTensor>();
  const files: Deno.FsFile[] = [];
  const dispose = () => files.splice(0).forEach((file) => file.close());
  try {
    for (const shard of shards(path)) files.push(openShard(shard, tensors));
  } catch (error) {
    dispose();
    throw error;
  }
  return { tensors, [Symbol.dispose]: dispose };
}

function shards(path: string): string[] {
  if (!path.endsWith(".json")) return [path];
  const map = readJsonObject(path).weight_map;
  if (typeof map !== "object" || map === null) throw corrupt(path, 'it has no "weight_map"');
  return [...new Set(Object.values(map))].map((name) => {
    if (typeof name !== "string" || name !== basename(name)) {
      throw corrupt(path, `it names the file ${JSON.stringify(name)}, which is not beside it`);
    }
    return join(dirname(path), name);
  });
}

function openShard(path: string, tensors: Map<string, CheckpointTensor>): Deno.FsFile {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path);
  } catch (error) {
    throw unreadable(path, error);
  }
  try {
    const size = file.statSync().size;
    if (size < 8) throw corrupt(path, `it has only ${size} bytes`);
    const headerBytes = Number(new DataView(readAt(file, 0, 8).buffer).getBigUint64(0, true));
    if (headerBytes > size - 8) {
      throw corrupt(path, `its header claims ${headerBytes} bytes, the file has ${size}`);
    }
    if (headerBytes > MOST_HEADER_BYTES) {
      throw corrupt(path, `its header claims ${headerBytes} bytes, above ${MOST_HEADER_BYTES}`);
    }
    const dataStart = 8 + headerBytes;
    for (const [name, entry] of Object.entries(parseHeader(path, readAt(file, 8, headerBytes)))) {
      if (name === "__metadata__") continue;
      tensors.set(name, tensor(path, file, size, dataStart, name, entry));
    }
    return file;
  } catch (error) {
    file.close();
    throw unreadable(path, error);
  }
}

function parseHeader(path: string, bytes: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // told apart below
  }
  throw corrupt(path, "its header is not JSON");
}

function tensor(
  path: string,
  file: Deno.FsFile,
  size: number,
  dataStart: number,
  name: string,
  entry: unknown,
): CheckpointTensor {
  const { dtype, shape, data_offsets } = (entry ?? {}) as Record<string, unknown>;
  if (!isCounts(shape) || !isCounts(data_offsets) || typeof dtype !== "string") {
    throw corrupt(path, `the entry of "${name}" lacks dtype, shape or data_offsets`);
  }
  const [start = 0, end = 0] = data_offsets;
  if (dataStart + end > size) {
    throw corrupt(
      path,
      `the weight "${name}" ends at byte ${dataStart + end}, the file has ${size}`,
    );
  }
  const elementBytes = dtype === "F32" ? 4 : 2;
  return {
    dtype: dtype as CheckpointTensor["dtype"],
    shape,
    check() {
      if (!DTYPES.includes(dtype)) {
        throw new InputError(`Cannot use the weight "${name}" of "${path}": its type is ${dtype}`, {
          remedy: `convert the checkpoint to one of ${DTYPES.join(", ")}`,
        });
      }
      const expected = shape.reduce((product, dim) => product * dim, 1) * elementBytes;
      if (end - start !== expected) {
        throw corrupt(
          path,
          `the weight "${name}" has ${end - start} bytes, its shape takes ${expected}`,
        );
      }
    },
    read(first, bits) {
      const bytes = new Uint8Array(bits.buffer, bits.byteOffset, bits.byteLength);
      fill(file, dataStart + start + first * elementBytes, bytes);
    },
  };
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

function readAt(file: Deno.FsFile, start: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  fill(file, start, bytes);
  return bytes;
}

function fill(file: Deno.FsFile, start: number, bytes: Uint8Array): void {
  file.seekSync(start, Deno.SeekMode.Start);
  for (let filled = 0; filled < bytes.length;) {
    const count = file.readSync(bytes.subarray(filled));
    if (count === null) throw new Error(`it ended at byte ${start + filled} while being read`);
    filled += count;
  }
}

function corrupt(path: string, problem: string): InputError {
  return new InputError(`Cannot read the weights "${path}": ${problem}`, {
    remedy: "the file is truncated or not a safetensors file; copy or download it again",
  });
}
