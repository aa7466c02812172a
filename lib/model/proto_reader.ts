/**
 * Protocol buffers at the level of the wire, read from a file by position: what is skipped is never
 * loaded, so that a 2 GB model opens in the time of its structure.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { unreadable } from "./files.ts";

/** One field of a message. `start` and `end` are byte positions of its payload in the file. */
export interface Field {
  number: number;
  /** 0: varint, 1: 8 bytes, 2: length-delimited, 5: 4 bytes. */
  wire: number;
  /** The value of a varint; 0 for other wires. */
  value: number;
  start: number;
  end: number;
}

// Small, since behind each embedded weight only a few hundred bytes are read.
const WINDOW_BYTES = 1 << 16;
// Names in models take some hundred bytes each, 100 MB in the largest; a file that holds more text
// than this is not a model, and reading on would only fill the memory.
const MOST_TEXT_BYTES = 1 << 20;
const MOST_TEXT_BYTES_IN_ALL = 1 << 28;
const MOST_TEXTS = 4_000_000;
const utf8 = new TextDecoder("utf-8", { fatal: true });

/** A file of one protobuf message, seen through a window that moves. */
export class ProtoFile implements Disposable {
  readonly path: string;
  readonly size: number;
  #file: Deno.FsFile;
  #window: Uint8Array = new Uint8Array(0);
  #windowStart = 0;
  #textBytes = 0;
  #texts = 0;

  /** Opens `path`; `InputError` where it cannot be read. */
  constructor(path: string) {
    this.path = path;
    try {
      // Opening a pipe would wait for its other end.
      if (!Deno.statSync(path).isFile) throw new Error("it is not a file");
      this.#file = Deno.openSync(path);
      this.size = this.#file.statSync().size;
    } catch (error) {
      throw unreadable(path, error);
    }
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }

  /** Bytes `[start, end)`, as a view that the next call may overwrite. */
  bytes(start: number, end: number): Uint8Array {
    if (start < this.#windowStart || end > this.#windowStart + this.#window.length) {
      this.#window = new Uint8Array(
        Math.min(Math.max(end - start, WINDOW_BYTES), this.size - start),
      );
      this.#windowStart = start;
      this.#file.seekSync(start, Deno.SeekMode.Start);
      for (let filled = 0; filled < this.#window.length;) {
        const count = this.#file.readSync(this.#window.subarray(filled));
        if (count === null) {
          throw this.corrupt(`it ended at byte ${start + filled} while being read`);
        }
        filled += count;
      }
    }
    return this.#window.subarray(start - this.#windowStart, end - this.#windowStart);
  }

  /** The UTF-8 text of a length-delimited field. */
  text(field: Field): string {
    const length = field.end - field.start;
    this.#textBytes += length;
    if (++this.#texts > MOST_TEXTS) throw this.corrupt(`it holds more than ${MOST_TEXTS} names`);
    if (length > MOST_TEXT_BYTES || this.#textBytes > MOST_TEXT_BYTES_IN_ALL) {
      throw this.corrupt(`the text at byte ${field.start} is ${length} bytes long`);
    }
    try {
      return utf8.decode(this.bytes(field.start, field.end));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      throw this.corrupt(`the text at byte ${field.start} is not UTF-8`);
    }
  }

  /** The fields of the message in `[start, end)`, in file order. */
  *fields(start = 0, end = this.size): Generator<Field> {
    let position = start;
    while (position < end) {
      const [tag, payload] = this.#varint(position, end);
      const field: Field = { number: tag >>> 3, wire: tag & 7, value: 0, start: payload, end: 0 };
      if (field.wire === 0) {
        [field.value, field.end] = this.#varint(payload, end);
      } else if (field.wire === 2) {
        const [length, first] = this.#varint(payload, end);
        field.start = first;
        field.end = first + length;
      } else if (field.wire === 1 || field.wire === 5) {
        field.end = payload + (field.wire === 1 ? 8 : 4);
      } else {
        throw this.corrupt(`byte ${position} does not start a field`);
      }
      if (field.number === 0) throw this.corrupt(`byte ${position} does not start a field`);
      if (!(field.end <= end)) {
        throw this.corrupt(
          `the field at byte ${position} ends at byte ${field.end}, past the end at ${end}`,
        );
      }
      yield field;
      position = field.end;
    }
  }

  /** The integers of a repeated varint field, whether packed or one by one, up to `most`. */
  varints(field: Field, most: number): number[] {
    if (field.wire === 0) return [field.value];
    if (field.wire !== 2) throw this.corrupt(`byte ${field.start} does not start an integer`);
    const values: number[] = [];
    for (let position = field.start; position < field.end;) {
      if (values.length === most) {
        throw this.corrupt(`byte ${position} starts one integer too many`);
      }
      const [value, next] = this.#varint(position, field.end);
      values.push(value);
      position = next;
    }
    return values;
  }

  /** The error for content that is not what it should be. */
  corrupt(problem: string): InputError {
    return new InputError(`Cannot read "${this.path}" as an ONNX model: ${problem}`, {
      remedy: "the file is truncated or of another kind; copy, download or build it again",
    });
  }

  #varint(start: number, end: number): [value: number, next: number] {
    const bytes = this.bytes(start, Math.min(start + 10, end));
    let low = 0; // 7 bytes: 49 bits, which a number holds exactly
    let scale = 1;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]!;
      if (i === 7) return this.#longVarint(bytes, start);
      low += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) return [low, start + i + 1];
    }
    throw this.corrupt(`the number at byte ${start} has no end`);
  }

  // Negative integers take ten bytes (two's complement of 64 bits).
  #longVarint(bytes: Uint8Array, start: number): [value: number, next: number] {
    let value = 0n;
    for (let i = 0; i < bytes.length; i++) {
      value |= BigInt(bytes[i]! & 0x7f) << BigInt(7 * i);
      if (bytes[i]! < 0x80) return [Number(BigInt.asIntN(64, value)), start + i + 1];
    }
    throw this.corrupt(`the number at byte ${start} has no end`);
  }
}
