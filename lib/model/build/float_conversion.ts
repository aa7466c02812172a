/**
 * From a checkpoint's numbers to the graph's, as bits: tables for 16-bit numbers, which are few.
 *
 * @module
 */
import type { CheckpointTensor } from "../safetensors.ts";

const tables = new Map<string, Uint32Array | Uint16Array>();

/** The table that takes bits of `dtype` to bits of fp16 or fp32; `null` where they are the same. */
export function conversion(
  dtype: CheckpointTensor["dtype"],
  toHalf: boolean,
): Uint32Array | Uint16Array | null {
  if (dtype === "F32" || (dtype === "F16" && toHalf)) return null;
  const key = `${dtype}:${toHalf}`;
  const known = tables.get(key);
  if (known !== undefined) return known;
  const bits = Uint16Array.from({ length: 65536 }, (_, i) => i);
  const values = dtype === "BF16"
    ? new Float32Array(Uint32Array.from(bits, (b) => b << 16 >>> 0).buffer)
    : new Float32Array(new Float16Array(bits.buffer));
  const table = toHalf
    ? new Uint16Array(new Float16Array(values).buffer)
    : new Uint32Array(values.buffer);
  tables.set(key, table);
  return table;
}

/** Bits of fp32 as bits of fp16, in the same memory; 16-bit numbers as they are. */
export function inHalves(
  bits: Uint32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>,
  toHalf: boolean,
): Uint32Array<ArrayBuffer> | Uint16Array<ArrayBuffer> {
  if (!toHalf || bits instanceof Uint16Array) return bits;
  const { buffer, byteOffset, length } = bits;
  const values = new Float32Array(buffer, byteOffset, length);
  const halves = new Float16Array(buffer, byteOffset, length);
  for (let i = 0; i < length; i++) halves[i] = values[i]!; // never writes ahead of what it reads
  return new Uint16Array(buffer, byteOffset, length);
}
