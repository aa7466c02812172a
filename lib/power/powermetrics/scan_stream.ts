import type { RecordEvent, StreamLoss } from "../source.ts";
import { frameRecords } from "./frame.ts";
import { scanRecord } from "./scan.ts";

/** Cuts the output of powermetrics into records and scans each: the way of every sampling thread. */
export async function* scanStream(
  byteStream: AsyncIterable<Uint8Array>,
): AsyncGenerator<RecordEvent | { loss: StreamLoss }> {
  const decoder = new TextDecoder();
  for await (const frame of frameRecords(byteStream)) {
    if ("loss" in frame) {
      yield frame;
      continue;
    }
    const record = scanRecord(decoder.decode(frame.bytes));
    yield typeof record === "string"
      ? { loss: { bytes: frame.bytes.length, reason: `a record is wrong: ${record}` } }
      : { record, arrivalMs: frame.arrivalMs, raw: frame.raw };
  }
}
