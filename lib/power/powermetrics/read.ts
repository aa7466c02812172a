import { InputError } from "../../errors.ts";
import type { StreamLoss } from "../source.ts";
import { frameRecords } from "./frame.ts";
import { parsePowermetrics, type PowermetricsRecord } from "./parse.ts";

/**
 * Reads the output of `powermetrics -f plist` record by record, each as soon as its last byte is
 * there (`arrivalMs`, epoch ms); what belongs to no whole record is given out as a loss.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readPowermetrics } from "@tokenwatt/tokenwatt";
 *
 * const bytes = new Blob(["<plist><dict><key>elapsed_ns</key><integer>104000000</integer></dict></plist>"]);
 * for await (const event of readPowermetrics(bytes.stream())) {
 *   if ("record" in event) assert(event.record.elapsedNs === 104_000_000);
 *   else console.warn(event.loss.reason);
 * }
 * ```
 */
export async function* readPowermetrics(
  byteStream: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<{ record: PowermetricsRecord; arrivalMs: number } | { loss: StreamLoss }> {
  for await (const frame of frameRecords(byteStream)) {
    if ("loss" in frame) {
      yield frame;
      continue;
    }
    let record: PowermetricsRecord;
    try {
      record = parsePowermetrics(new TextDecoder().decode(frame.bytes));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      yield { loss: { bytes: frame.bytes.length, reason: error.message } };
      continue;
    }
    yield { record, arrivalMs: frame.arrivalMs };
  }
}
