import { nowMs, pause } from "../clock.ts";
import { encodeRecord } from "./raw_json.ts";
import type { PowerRecord, SamplingIntervalMs, SourceEvent } from "./source.ts";

/** Something that is read at both ends of an interval, on our own clock. */
export interface Meter<Reading> {
  /** Shorter intervals say nothing: the meter moves in steps of about that size, in ms. */
  readonly leastMs: number;
  /** Reads it, now. */
  read(): Reading;
  /** Energy between two readings, in mJ by rail; `null` for what one of them lacks. */
  energyMj(before: Reading, after: Reading, durationMs: number): PowerRecord["energyMj"];
  /** What it showed, for the raw record. */
  evidence?(reading: Reading): Record<string, unknown>;
}

/** Reads a meter every `intervalMs` until `signal` aborts, and then once more. */
export async function* sampleMeter<Reading>(
  meter: Meter<Reading>,
  intervalMs: SamplingIntervalMs,
  signal: AbortSignal,
): AsyncGenerator<SourceEvent> {
  let start = readAt(meter);
  const originMs = start.atMs;
  while (!signal.aborted) {
    // The next tick of a fixed grid, so that late timers do not add up, but never a short record.
    const nextMs = originMs +
      (Math.floor((start.atMs - originMs) / intervalMs + 0.5) + 1) * intervalMs;
    await pause(nextMs - nowMs(), signal);
    const end = readAt(meter);
    const durationMs = end.atMs - start.atMs;
    if (durationMs < meter.leastMs) continue;
    const record: PowerRecord = {
      elapsedNs: Math.round(durationMs * 1e6),
      timestampMs: null,
      energyMj: meter.energyMj(start.reading, end.reading, durationMs),
      thermalPressure: null,
      startMs: start.atMs,
      endMs: end.atMs,
    };
    start = end;
    yield {
      record,
      arrivalMs: nowMs(),
      raw: encodeRecord(record, meter.evidence?.(end.reading)),
    };
  }
}

/** Reading takes time (a driver's call may take a millisecond): its middle is when it was. */
function readAt<Reading>(meter: Meter<Reading>): { reading: Reading; atMs: number } {
  const beforeMs = nowMs();
  const reading = meter.read();
  return { reading, atMs: (beforeMs + nowMs()) / 2 };
}
