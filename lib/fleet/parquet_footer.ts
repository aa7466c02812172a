import type { TableName } from "../store/mod.ts";
import { COLUMNS_KEY, TABLE_KEY } from "../store/export/mod.ts";

/** A footer of our widest table has 12 KB. */
const MOST_FOOTER_BYTES = 1 << 20;
/** "PAR1", at both ends of a file (Apache Parquet, File Format). */
const MAGIC = "PAR1";
/** The last bytes: length of the footer, and the magic. */
const TAIL_BYTES = 8;

/** What a file's footer tells. */
export interface ParquetFooter {
  /** Why it is not that table of ours; `null` where it seems to be. */
  problem: string | null;
  /** Alike in files with the same columns; `null` where the file does not say. */
  columns: string | null;
}

/**
 * Reads of a file nothing but its footer, so that thousands of files take a moment: what is broken
 * further inside shows when it is read.
 */
export function readFooter(path: string, table: TableName): ParquetFooter {
  try {
    return footerOf(path, table);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return bad("it is missing");
    return bad((error as Error).message.split("\n")[0] ?? "it cannot be read");
  }
}

function footerOf(path: string, table: TableName): ParquetFooter {
  using file = Deno.openSync(path);
  const { size, isFile } = file.statSync();
  if (!isFile) return bad("it is not a file");
  if (size < 2 * MAGIC.length + 4) return bad(`it has only ${size} bytes`);
  const tail = read(file, size - TAIL_BYTES, TAIL_BYTES);
  if (latin1(tail.subarray(4)) !== MAGIC || latin1(read(file, 0, 4)) !== MAGIC) {
    return bad("it is not a Parquet file, or the end of one is missing");
  }
  const length = new DataView(tail.buffer).getUint32(0, true);
  if (length > Math.min(size - TAIL_BYTES - MAGIC.length, MOST_FOOTER_BYTES)) {
    return bad(`its footer cannot have ${length} bytes`);
  }
  const footer = latin1(read(file, size - TAIL_BYTES - length, length));
  // Thrift writes texts as they are, behind their length: the key is found, then its value.
  const at = footer.indexOf(TABLE_KEY);
  if (at < 0) return bad("Tokenwatt did not write it");
  if (!footer.slice(at + TABLE_KEY.length).includes(table)) return bad(`it is not ${table}`);
  const columns = footer.slice(at).split(COLUMNS_KEY)[1]?.match(/[0-9a-f]{16}/)?.[0] ?? null;
  return { problem: null, columns };
}

function bad(problem: string): ParquetFooter {
  return { problem, columns: null };
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
