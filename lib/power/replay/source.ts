import { nowMs, pause } from "../../clock.ts";
import { InputError, revivedError } from "../../errors.ts";
import type { RawPowerBatch, SourceInfo } from "../../record.ts";
import { type KeptPower, readRawPower } from "../kept_stream.ts";
import { failedProbe, WORKS } from "../probe.ts";
import { encodeRecord } from "../raw_json.ts";
import type {
  PowerRecord,
  PowerSource,
  RecordEvent,
  SamplingIntervalMs,
  SourceEvent,
  SourceProbe,
} from "../source.ts";
import { type FoundRecording, openRecording } from "./recording.ts";

/** What to replay, and how: a file, or the batches of a stored run with what its source was. */
export interface ReplayOptions {
  /** A file of `powerRecordingJson()`, or the output of `powermetrics -f plist`. */
  path?: string;
  /** What the numbers of `batches` are. */
  info?: SourceInfo;
  /** Batches, as `PowerMonitor.takeRaw()` and the database give them. */
  batches?: RawPowerBatch[];
  /**
   * Whether the records come one by one as if it were now, again and again: to try the tool. They are
   * then those of another run, and called simulated. Otherwise they come all at once, as they were.
   */
  paced?: boolean;
}

/** A recorded stream, which gives the same samples, alignment and findings again, bit for bit. */
export class ReplaySource implements PowerSource {
  readonly info: SourceInfo;
  readonly rawFormat = "json" as const;
  readonly #isPaced: boolean;
  readonly #recording: FoundRecording;

  /** Throws `InputError` where there is nothing to replay. */
  constructor(options: ReplayOptions) {
    this.#recording = find(options);
    this.#isPaced = options.paced === true;
    const { info } = this.#recording;
    this.info = this.#isPaced
      ? { ...info, name: "replay", kind: "simulated", label: `${info.label}, of another run` }
      : { ...info, name: "replay", label: `${info.label}, replayed` };
  }

  async probe(): Promise<SourceProbe> {
    try {
      await this.#recording.read();
      return WORKS;
    } catch (error) {
      return failedProbe(error);
    }
  }

  async *open(intervalMs: SamplingIntervalMs, signal: AbortSignal): AsyncGenerator<SourceEvent> {
    const kept = await this.#recording.read();
    if (this.#isPaced) yield* asIfNow(kept, intervalMs, signal);
    else yield* asItWas(kept);
  }
}

function find({ path, batches, info }: ReplayOptions): FoundRecording {
  if (path !== undefined) return openRecording(path);
  if (batches === undefined || info === undefined) {
    throw new InputError("Cannot replay power: neither a file nor batches with their info", {
      remedy: 'pass { name: "replay", path } or { name: "replay", batches, info }',
    });
  }
  return { info, read: () => readRawPower(batches) };
}

function* asItWas(kept: KeptPower): Generator<SourceEvent> {
  yield { spawnMs: kept.spawnMs ?? -Infinity };
  yield* shifted(kept, 0);
  if (kept.death !== null) throw revivedError(kept.death);
}

async function* asIfNow(
  kept: KeptPower,
  intervalMs: number,
  signal: AbortSignal,
): AsyncGenerator<SourceEvent> {
  const { records, arrivalsMs } = kept;
  if (records.length === 0) throw new Error("The recording that is replayed holds no record");
  const firstMs = records[0]!.elapsedNs / 1e6;
  const roundMs = arrivalsMs.at(-1)! - arrivalsMs[0]! + firstMs;
  for (let shiftMs = nowMs() + firstMs - arrivalsMs[0]!;; shiftMs += roundMs) {
    for (const event of shifted(kept, shiftMs)) {
      if ("record" in event) {
        const isStopping = signal.aborted;
        const waitMs = event.arrivalMs - nowMs();
        if (isStopping && waitMs > 2 * intervalMs) return;
        await pause(waitMs);
        yield event;
        if (isStopping) return;
      } else yield event;
    }
  }
}

/** All events in their order, so much later. */
function* shifted(kept: KeptPower, shiftMs: number): Generator<RecordEvent | SourceEvent> {
  let lost = 0;
  for (let i = 0; i <= kept.records.length; i++) {
    for (; kept.losses[lost]?.afterRecords === i; lost++) {
      const { bytes, reason } = kept.losses[lost]!;
      yield { loss: { bytes, reason } };
    }
    if (i === kept.records.length) return;
    const record = later(kept.records[i]!, shiftMs);
    yield {
      record,
      arrivalMs: kept.arrivalsMs[i]! + shiftMs,
      raw: encodeRecord(record),
      parseMs: kept.parseMs[i] ?? 0,
    };
  }
}

function later(record: PowerRecord, shiftMs: number): PowerRecord {
  const { timestampMs, startMs, endMs } = record;
  return {
    ...record,
    timestampMs: timestampMs === null ? null : timestampMs + shiftMs,
    ...(startMs === undefined || endMs === undefined
      ? {}
      : { startMs: startMs + shiftMs, endMs: endMs + shiftMs }),
  };
}
