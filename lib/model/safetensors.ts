/**
 * Reading safetensors checkpoints, one tensor at a time
 * (format: huggingface.co/docs/safetensors, "8 bytes N, N bytes of JSON, the data").
 *
 * @module
 */
import { dirname, join } from "node:path";
import { InputError } from "../errors.ts";
import { readJsonObject, unreadable } from "./files.ts";

/** A tensor of a checkpoint. */
export interface CheckpointTensor {
  dtype: "F32" | "F16" | "BF16";
  shape: number[];
  /** The elements' bits: 32 bits each for F32, 16 for the others. */
  read(): Uint32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>;
}

/** An open checkpoint of one file or of several that an index names. */
export interface Checkpoint extends Disposable {
  tensors: Map<string, CheckpointTensor>;
}

const DTYPES = ["F32", "F16", "BF16"];

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
  return [...new Set(Object.values(map).map((name) => join(dirname(path), String(name))))];
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
  const { dtype, shape, data_offsets } = entry as Record<string, unknown>;
  const offsets = data_offsets as [number, number] | undefined;
  if (!Array.isArray(shape) || !Array.isArray(offsets) || typeof dtype !== "string") {
    throw corrupt(path, `the entry of "${name}" lacks dtype, shape or data_offsets`);
  }
  if (dataStart + offsets[1] > size) {
    throw corrupt(
      path,
      `the weight "${name}" ends at byte ${dataStart + offsets[1]}, the file has ${size}`,
    );
  }
  const elements = (shape as number[]).reduce((product, dim) => product * dim, 1);
  const expected = elements * (dtype === "F32" ? 4 : 2);
  return {
    dtype: dtype as CheckpointTensor["dtype"],
    shape: shape as number[],
    read() {
      if (!DTYPES.includes(dtype)) {
        throw new InputError(`Cannot use the weight "${name}" of "${path}": its type is ${dtype}`, {
          remedy: `convert the checkpoint to one of ${DTYPES.join(", ")}`,
        });
      }
      const bytes = offsets[1] - offsets[0];
      if (bytes !== expected) {
        throw corrupt(path, `the weight "${name}" has ${bytes} bytes, its shape takes ${expected}`);
      }
      const data = readAt(file, dataStart + offsets[0], bytes).buffer;
      return dtype === "F32" ? new Uint32Array(data) : new Uint16Array(data);
    },
  };
}

function readAt(file: Deno.FsFile, start: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  file.seekSync(start, Deno.SeekMode.Start);
  for (let filled = 0; filled < length;) {
    const count = file.readSync(bytes.subarray(filled));
    if (count === null) throw new Error(`it ended at byte ${start + filled} while being read`);
    filled += count;
  }
  return bytes;
}

function corrupt(path: string, problem: string): InputError {
  return new InputError(`Cannot read the weights "${path}": ${problem}`, {
    remedy: "the file is truncated or not a safetensors file; copy or download it again",
  });
}
