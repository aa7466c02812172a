import { Buffer } from "node:buffer";
import { nowMs } from "../../clock.ts";
import { InputError } from "../../errors.ts";
import type { RawPowerBatch, SourceInfo } from "../../record.ts";
import { type KeptPower, oneChunk, readRawPower } from "../kept_stream.ts";
import { PowermetricsSource } from "../powermetrics/source.ts";
import { scanStream } from "../powermetrics/scan_stream.ts";

/** Raw power batches and the source that they came from: what a file to replay holds. */
export interface PowerRecording {
  /** What the numbers are. */
  info: SourceInfo;
  /** The records as they came. */
  batches: RawPowerBatch[];
}

/**
 * Writes a recording as the text of a file for `--power replay:FILE`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { PowerMonitor, powerRecordingJson } from "@tokenwatt/tokenwatt";
 *
 * const monitor = new PowerMonitor({ source: "estimate", intervalMs: 50 });
 * await monitor.start();
 * await monitor.stop();
 * const raw = monitor.takeRaw();
 * assert(raw !== null);
 * assert(powerRecordingJson({ info: monitor.info, batches: [raw] }).startsWith("{"));
 * ```
 */
export function powerRecordingJson({ info, batches }: PowerRecording): string {
  return JSON.stringify({
    info,
    batches: batches.map(({ gzip, ...batch }) => ({
      ...batch,
      gzip: Buffer.from(gzip).toString("base64"),
    })),
  });
}

/** A recording that was found, and how to read it. */
export interface FoundRecording {
  info: SourceInfo;
  read(): Promise<KeptPower>;
}

/**
 * Opens a file of `powerRecordingJson`, or the output of `powermetrics -f plist` as it stands.
 * Throws `InputError` for any other.
 */
export function openRecording(path: string): FoundRecording {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    // A device or a pipe may have no end.
    const { isFile, isDirectory } = Deno.statSync(path);
    if (!isFile && !isDirectory) throw new Error("it is not a file");
    bytes = Deno.readFileSync(path);
  } catch (cause) {
    const found = cause instanceof Deno.errors.NotFound ? "there is no such file" : String(cause);
    throw new InputError(`Cannot replay power from "${path}": ${found}`, {
      remedy: "pass a file, as in --power replay:power.json",
      cause,
    });
  }
  const start = new TextDecoder().decode(bytes.subarray(0, 512));
  if (/^[\0\s]*(<\?xml|<plist|<!DOCTYPE plist)/.test(start)) {
    return { info: new PowermetricsSource().info, read: () => readPlists(bytes, path) };
  }
  const { info, batches } = parseRecording(new TextDecoder().decode(bytes), path);
  return { info, read: () => readRawPower(batches) };
}

function parseRecording(text: string, path: string): PowerRecording {
  try {
    const { info, batches } = JSON.parse(text);
    if (typeof info.label === "string" && Array.isArray(info.totalRails)) {
      return {
        info,
        batches: batches.map((batch: RawPowerBatch & { gzip: unknown }) => ({
          format: batch.format,
          arrivalsMs: batch.arrivalsMs.map(Number),
          gzip: new Uint8Array(Buffer.from(String(batch.gzip), "base64")),
        })),
      };
    }
  } catch {
    // Said below.
  }
  throw new InputError(`Cannot replay power from "${path}": it holds no recording`, {
    remedy: "pass one of powerRecordingJson(), or the output of powermetrics -f plist",
  });
}

/**
 * Nobody noted when these arrived. It was no later than a second after the first stamp and all
 * that they last, whichever end of the interval the stamps mark.
 */
async function readPlists(bytes: Uint8Array, path: string): Promise<KeptPower> {
  const kept: KeptPower = {
    records: [],
    arrivalsMs: [],
    losses: [],
    parseMs: [],
    spawnMs: -Infinity,
    intervalMs: null,
    death: null,
  };
  let arrivalMs: number | null = null;
  for await (const event of scanStream(oneChunk(bytes))) {
    if ("loss" in event) {
      kept.losses.push({ ...event.loss, afterRecords: kept.records.length });
      continue;
    }
    const { elapsedNs, timestampMs } = event.record;
    arrivalMs = (arrivalMs ?? (timestampMs ?? nowMs()) + 1000) + elapsedNs / 1e6;
    kept.records.push(event.record);
    kept.arrivalsMs.push(arrivalMs);
  }
  if (kept.records.length > 0) return kept;
  throw new InputError(`Cannot replay power from "${path}": none of its records can be read`, {
    remedy: "pass the output of powermetrics -f plist --samplers cpu_power,gpu_power",
  });
}
