import type { Phase, Rail, RawPowerBatch, SourceInfo } from "../record.ts";
import { InputError } from "../errors.ts";
import type { EstimateOptions } from "./estimate.ts";
import type { NvidiaOptions } from "./nvidia/source.ts";
import type { RaplOptions } from "./rapl/source.ts";
import type { ReplayOptions } from "./replay/source.ts";
import type { RigOptions } from "./rig/live.ts";

/** The cadences that can be asked for; the sudo rule names one command line for each. */
export type SamplingIntervalMs = 50 | 100 | 200 | 500 | 1000;

/** Every cadence that can be asked for, in milliseconds. */
export const SAMPLING_INTERVALS_MS: readonly SamplingIntervalMs[] = [50, 100, 200, 500, 1000];

/** What one record of a source says, on the source's own clock. */
export interface PowerRecord {
  /** Length of the interval that the record covers, in nanoseconds: measured, never the one asked for. */
  elapsedNs: number;
  /** The source's own time stamp in epoch milliseconds, as coarse as the source makes it. */
  timestampMs: number | null;
  /** How far the clock of `timestampMs` was ahead of ours when the record came, in ms; 0 if absent. */
  wallAheadMs?: number;
  /** Energy in the interval, in mJ; an absent rail or `null` was not measured. */
  energyMj: Partial<Record<Rail, number | null>>;
  /** The system's thermal state in its own words ("Nominal"); `null` where not reported. */
  thermalPressure: string | null;
  /** Share of the interval in which the GPU worked, 0 to 1: tells an idle rail from a stuck one. */
  gpuActivity?: number | null;
  /** Start of the interval in epoch ms, where the source reads its meter on our own clock. */
  startMs?: number;
  /** End of the interval in epoch ms, where the source reads its meter on our own clock. */
  endMs?: number;
}

/** Bytes of a stream that could not be used: counted, never fatal. */
export interface StreamLoss {
  /** How many bytes. */
  bytes: number;
  /** What was wrong with them. */
  reason: string;
}

/** What comes out of an open source. */
export type SourceEvent =
  | RecordEvent
  | { loss: StreamLoss }
  /** From when on the source ran, in epoch ms, where that is not when it was opened. */
  | { spawnMs: number };

/** A record, the time at which its last byte arrived, and the record as the source wrote it. */
export interface RecordEvent {
  record: PowerRecord;
  /** In epoch ms. */
  arrivalMs: number;
  raw: Uint8Array;
  /** What reading it took, in ms; the time since its arrival unless stated. */
  parseMs?: number;
}

/** Whether a source can be used here, why not, and what to do about it. */
export interface SourceProbe {
  works: boolean;
  /** Why it does not work; `null` where it does. */
  reason: string | null;
  /** What to do; `null` where it works. */
  remedy: string | null;
}

/** A thing that says what the machine draws. One implementation a file. */
export interface PowerSource {
  /** What its numbers are. */
  readonly info: SourceInfo;
  /** How its raw records are written. */
  readonly rawFormat: RawPowerBatch["format"];
  /** Says whether it would work, without sampling and without side effects. */
  probe(): Promise<SourceProbe>;
  /**
   * Delivers records until `signal` aborts, then what is in flight, and ends.
   * Throws `InputError` where the source cannot work, `Error` where it ended by itself.
   */
  open(intervalMs: SamplingIntervalMs, signal: AbortSignal): AsyncIterable<SourceEvent>;
  /** Says what the machine does from `atMs` on, to a source that only plays a meter. */
  hint?(phase: Phase, atMs: number): void;
}

/** Which source to use, and how: plain data, as it must cross to the sampler's thread. */
export type PowerSourceSpec =
  | { name: "powermetrics" }
  | { name: "macmon" }
  | ({ name: "rapl" } & RaplOptions)
  | ({ name: "nvidia" } & NvidiaOptions)
  | ({ name: "estimate" } & EstimateOptions)
  | ({ name: "replay" } & ReplayOptions)
  | ({ name: "rig" } & RigOptions)
  | { name: "combine"; sources: PowerSourceSpec[]; totalRails?: Rail[] };

/** Takes a number for one of the cadences; throws `InputError` for any other. */
export function samplingInterval(intervalMs: number): SamplingIntervalMs {
  const known = SAMPLING_INTERVALS_MS.find((one) => one === intervalMs);
  if (known === undefined) {
    throw new InputError(`Cannot sample power every ${intervalMs} ms`, {
      remedy: `choose an interval of ${SAMPLING_INTERVALS_MS.join(", ")} ms`,
    });
  }
  return known;
}
