import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Answer } from "./part.ts";

const FOLDER = fileURLToPath(new URL("../../models/tinytales", import.meta.url));

/** Whether the shipped model is whole. It is not opened: that would build it, which writes. */
export async function modelAnswer(folder = FOLDER): Promise<Answer> {
  const remedy = "check it out again (`git checkout models`)";
  for (const name of ["config.json", "tokenizer.json"]) {
    try {
      JSON.parse(await Deno.readTextFile(join(folder, name)));
    } catch (error) {
      return { reason: `${name} cannot be read: ${(error as Error).message}`, remedy };
    }
  }
  const weights = join(folder, "model.safetensors");
  try {
    const { size } = await Deno.stat(weights);
    const stated = await statedSize(weights);
    if (stated === size) return { found: `tinytales, ${(size / 1e6).toFixed(1)} MB` };
    return { reason: `model.safetensors has ${size} bytes and should have ${stated}`, remedy };
  } catch (error) {
    return { reason: `model.safetensors cannot be read: ${(error as Error).message}`, remedy };
  }
}

/** The size that a safetensors file states: a length of 8 bytes, a JSON header, the tensors. */
async function statedSize(path: string): Promise<number> {
  using file = await Deno.open(path);
  const length = Number(new DataView((await bytes(file, 8)).buffer).getBigUint64(0, true));
  if (length > 100e6) throw new Error("it has no header of a safetensors file");
  const header = JSON.parse(new TextDecoder().decode(await bytes(file, length)));
  const ends = Object.entries(header as Record<string, { data_offsets?: number[] }>)
    .map(([, tensor]) => tensor.data_offsets?.[1] ?? 0);
  return 8 + length + Math.max(0, ...ends);
}

async function bytes(file: Deno.FsFile, count: number): Promise<Uint8Array<ArrayBuffer>> {
  const buffer = new Uint8Array(count);
  for (let at = 0; at < count;) {
    const read = await file.read(buffer.subarray(at));
    if (read === null) throw new Error("it ends within its header");
    at += read;
  }
  return buffer;
}
