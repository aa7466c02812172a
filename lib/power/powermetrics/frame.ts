import { nowMs } from "../../clock.ts";
import type { StreamLoss } from "../source.ts";

/** A whole record as it came, separators before it included. `bytes` runs from `<?xml` to `</plist>`. */
export interface Frame {
  bytes: Uint8Array;
  raw: Uint8Array;
  arrivalMs: number;
}

/** No record comes near: 56 KB on an M4 Max; the `tasks` sampler would add some 200 KB. */
export const LONGEST_RECORD_BYTES = 1024 * 1024;

const END = mark("</plist>");
const STARTS = ["<?xml", "<plist"] as const;
const oneByteEach = new TextDecoder("latin1");

/**
 * Cuts the output of powermetrics into records, each given out when its `</plist>` arrives.
 *
 * powermetrics writes a NUL before the next record and none after the last (all recordings from
 * macOS 15), so who waits for the NUL is one interval late and never sees the last record.
 * What belongs to no whole record comes out as a loss.
 */
export async function* frameRecords(
  byteStream: AsyncIterable<Uint8Array>,
): AsyncGenerator<Frame | { loss: StreamLoss }> {
  let pending = new Uint8Array(128 * 1024);
  let length = 0;
  let searched = 0;
  for await (const chunk of byteStream) {
    const arrivalMs = nowMs();
    if (length + chunk.length > pending.length) {
      const larger = new Uint8Array(2 * (length + chunk.length));
      larger.set(pending.subarray(0, length));
      pending = larger;
    }
    pending.set(chunk, length);
    length += chunk.length;

    let begin = 0;
    for (;;) {
      const end = indexOf(pending, END, searched, length);
      if (end < 0) break;
      const block = pending.slice(begin, end + END.bytes.length);
      begin = searched = end + END.bytes.length;
      yield* cut(block, arrivalMs);
    }
    pending.copyWithin(0, begin, length);
    length -= begin;
    searched = Math.max(0, length - END.bytes.length + 1);

    if (length > LONGEST_RECORD_BYTES) {
      const bytes = length - separators(pending.subarray(0, length));
      yield { loss: { bytes, reason: "no end of a record within 1 MB" } };
      length = searched = 0;
    }
  }
  const rest = length - separators(pending.subarray(0, length));
  if (rest > 0) yield { loss: { bytes: rest, reason: "the last record was cut off" } };
}

/** A block ends with `</plist>`; what stands before the last start in it belongs to no whole record. */
function* cut(block: Uint8Array, arrivalMs: number): Generator<Frame | { loss: StreamLoss }> {
  const begin = separators(block);
  // One character a byte, and searched by the engine: five times as fast as over bytes.
  const text = oneByteEach.decode(block);
  // A record without an XML declaration is still one.
  const declared = text.lastIndexOf(STARTS[0]);
  const start = declared >= 0 ? declared : text.lastIndexOf(STARTS[1]);
  if (start < 0) {
    yield {
      loss: { bytes: block.length - begin, reason: "the end of a record without its start" },
    };
    return;
  }
  if (start > begin) {
    const cutOff = STARTS.some((mark) => text.startsWith(mark, begin));
    const reason = cutOff ? "a record without its end" : "bytes between two records";
    yield { loss: { bytes: start - begin, reason } };
  }
  yield {
    bytes: block.subarray(start),
    raw: start > begin ? block.subarray(start) : block,
    arrivalMs,
  };
}

/** Number of NULs and white space at the start. */
function separators(bytes: Uint8Array): number {
  let count = 0;
  while (count < bytes.length && bytes[count]! <= 0x20) count++;
  return count;
}

function startsWith(bytes: Uint8Array, start: Uint8Array, at: number): boolean {
  return start.every((byte, i) => bytes[at + i] === byte);
}

/** Bytes to look for, and how far each byte that is found in place of the last one lets us step. */
interface Mark {
  bytes: Uint8Array;
  steps: Uint8Array;
}

function mark(text: string): Mark {
  const bytes = new TextEncoder().encode(text);
  const steps = new Uint8Array(256).fill(bytes.length);
  bytes.subarray(0, -1).forEach((byte, i) => steps[byte] = bytes.length - 1 - i);
  return { bytes, steps };
}

/** Horspool's search: it looks at one byte in five, as 56 KB pass through here ten times a second. */
function indexOf(bytes: Uint8Array, mark: Mark, from: number, to: number): number {
  const last = mark.bytes.length - 1;
  for (let at = from + last; at < to; at += mark.steps[bytes[at]!]!) {
    if (bytes[at] === mark.bytes[last] && startsWith(bytes, mark.bytes, at - last)) {
      return at - last;
    }
  }
  return -1;
}
