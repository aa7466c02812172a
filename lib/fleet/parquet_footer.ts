import type { TableName } from "../store/mod.ts";
import { TABLE_KEY } from "../store/export/mod.ts";

/** A footer of our widest table has 12 KB. */
const MOST_FOOTER_BYTES = 1 << 20;
/** "PAR1", at both ends of a file (Apache Parquet, File Format). */
const MAGIC = "PAR1";
/** The last bytes: length of the footer, and the magic. */
const TAIL_BYTES = 8;

/**
 * Why a file is not that table of ours; `null` where it seems to be. Only its footer is read, so
 * that thousands of files take a moment: what is broken further inside shows when it is read.
 */
export function parquetProblem(path: string, table: TableName): string | null {
  try {
    using file = Deno.openSync(path);
    const { size, isFile } = file.statSync();
    if (!isFile) return "it is not a file";
    if (size < 2 * MAGIC.length + 4) return `it has only ${size} bytes`;
    const tail = read(file, size - TAIL_BYTES, TAIL_BYTES);
    if (latin1(tail.subarray(4)) !== MAGIC || latin1(read(file, 0, 4)) !== MAGIC) {
      return "it is not a Parquet file, or the end of one is missing";
    }
    const length = new DataView(tail.buffer).getUint32(0, true);
    if (length > Math.min(size - TAIL_BYTES - MAGIC.length, MOST_FOOTER_BYTES)) {
      return `its footer cannot have ${length} bytes`;
    }
    const footer = latin1(read(file, size - TAIL_BYTES - length, length));
    // Thrift writes texts as they are, behind their length: the key is found, then its value.
    const at = footer.indexOf(TABLE_KEY);
    if (at < 0) return "Tokenwatt did not write it";
    if (!footer.slice(at + TABLE_KEY.length).includes(table)) return `it is not ${table}`;
    return null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "it is missing";
    return (error as Error).message.split("\n")[0] ?? "it cannot be read";
  }
}

function read(file: Deno.FsFile, from: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  file.seekSync(from, Deno.SeekMode.Start);
  for (let at = 0; at < length;) {
    const count = file.readSync(bytes.subarray(at));
    if (count === null) throw new Error("it ends too early");
    at += count;
  }
  return bytes;
}

function latin1(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}
