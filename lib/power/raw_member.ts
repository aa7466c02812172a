import { Buffer } from "node:buffer";
import { crc32, deflateRawSync, inflateRawSync } from "node:zlib";
import type { PlainError } from "../errors.ts";
import type { MonitorLoss } from "./recording.ts";

/**
 * What a replay needs beside the records and their arrivals, so that it comes to the same samples
 * and findings.
 */
export interface RawNote {
  /** The cadence asked for. */
  intervalMs: number;
  /** Time before which the source was not running. */
  spawnMs: number;
  /** What reading each record took. */
  parseMs: number[];
  /** How far the clock of each record's stamp was ahead of ours, in ms; absent where none was. */
  wallAheadMs?: number[];
  /** What could not be read; places count from the first record of the member. */
  losses: MonitorLoss[];
  /** Why sampling ended, in the last member of a run in which it did by itself. */
  death: PlainError | null;
}

/** One gzip member, taken apart. */
export interface RawMember {
  bytes: Uint8Array;
  /** `null` for a member that was not written by `packMember`. */
  note: RawNote | null;
}

// RFC 1952, 2.3: fixed magic, method 8 (deflate), flag bits, time and system unknown.
const COMMENT_FLAG = 16;
const HEADER = [0x1f, 0x8b, 8, COMMENT_FLAG, 0, 0, 0, 0, 0, 255];
const TRAILER_BYTES = 8;
// Level 4 takes four fifths of the time of zlib's own choice, 6, for an eighth more bytes: it runs
// beside what is being measured.
const LEVEL = 4;

/** Compresses `bytes` into a gzip member whose header carries `note` as its comment. */
export function packMember(bytes: Uint8Array, note: RawNote): Uint8Array<ArrayBuffer> {
  const deflated = deflateRawSync(bytes, { level: LEVEL });
  // ASCII, as a comment must be Latin-1 without a NUL; the length leads to the next member.
  const comment = JSON.stringify({ ...note, deflatedBytes: deflated.length })
    .replace(/[^ -~]/g, (char) => "\\u" + char.charCodeAt(0).toString(16).padStart(4, "0"));
  const head = Uint8Array.from([...HEADER, ...Buffer.from(comment), 0]);
  const member = new Uint8Array(head.length + deflated.length + TRAILER_BYTES);
  member.set(head);
  member.set(deflated, head.length);
  const trailer = new DataView(member.buffer, head.length + deflated.length);
  trailer.setUint32(0, crc32(Buffer.from(bytes)), true);
  trailer.setUint32(4, bytes.length, true);
  return member;
}

/**
 * Takes gzip members apart; `null` where one of them was not written by `packMember`. Throws `Error`
 * for damaged ones.
 */
export function unpackMembers(gzip: Uint8Array): RawMember[] | null {
  const members: RawMember[] = [];
  for (let at = 0; at < gzip.length;) {
    if (HEADER.some((byte, i) => gzip[at + i] !== byte)) return null;
    const end = gzip.indexOf(0, at + HEADER.length);
    const comment = Buffer.from(gzip.subarray(at + HEADER.length, end)).toString("latin1");
    let note: RawNote & { deflatedBytes: number };
    try {
      note = JSON.parse(comment);
    } catch {
      return null;
    }
    const { deflatedBytes, ...rest } = note;
    at = end + 1 + deflatedBytes + TRAILER_BYTES;
    const bytes = inflateRawSync(gzip.subarray(end + 1, at));
    if (crc32(bytes) !== Buffer.from(gzip.subarray(at - TRAILER_BYTES, at)).readUInt32LE()) {
      throw new Error("its checksum is another");
    }
    members.push({ bytes, note: rest });
  }
  return members;
}
