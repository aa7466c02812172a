/**
 * Whether a shared library of Linux is whole.
 *
 * The loader maps what the file's headers announce without looking at its length: the first touch of
 * a page that a cut file lacks ends the process with SIGBUS. macOS's loader checks it itself.
 *
 * @module
 */
import { UnusableLibrary } from "./api.ts";

const HEADER_BYTES = 64;
const LOAD = 1; // PT_LOAD

/** Throws `UnusableLibrary` for a file that is missing, no 64-bit ELF, or shorter than it says. */
export function checkWhole(path: string): void {
  if (Deno.build.os !== "linux") return;
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path);
  } catch (error) {
    // Without permission to read it, it is loaded unseen.
    if (error instanceof Deno.errors.NotCapable) return;
    throw new UnusableLibrary(error instanceof Error ? error.message : String(error));
  }
  using _closing = file;
  const { size, isFile } = file.statSync();
  if (!isFile) throw new UnusableLibrary("it is no file");
  const header = read(file, 0, HEADER_BYTES);
  if (header === null || header.getUint32(0) !== 0x7f454c46 || header.getUint8(4) !== 2) {
    throw new UnusableLibrary("it is no 64-bit shared library");
  }
  // e_phoff, e_phentsize, e_phnum (elf(5))
  const [offset, entryBytes, entries] = [
    Number(header.getBigUint64(32, true)),
    header.getUint16(54, true),
    header.getUint16(56, true),
  ];
  const table = entryBytes >= 56 ? read(file, offset, entryBytes * entries) : null;
  if (table === null) throw new UnusableLibrary("it is cut or damaged");
  let loaded = 0;
  for (let at = 0; at < table.byteLength; at += entryBytes) {
    const end = Number(table.getBigUint64(at + 8, true) + table.getBigUint64(at + 32, true));
    if (table.getUint32(at, true) !== LOAD) continue;
    loaded++;
    if (end > size) throw new UnusableLibrary(`it is cut: ${size} bytes of at least ${end}`);
  }
  if (loaded === 0) throw new UnusableLibrary("it is damaged: nothing in it is to be loaded");
}

function read(file: Deno.FsFile, offset: number, length: number): DataView | null {
  if (offset + length > file.statSync().size) return null;
  const bytes = new Uint8Array(length);
  file.seekSync(offset, Deno.SeekMode.Start);
  for (let at = 0; at < length;) {
    const count = file.readSync(bytes.subarray(at));
    if (count === null) return null;
    at += count;
  }
  return new DataView(bytes.buffer);
}
