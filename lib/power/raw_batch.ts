import type { PlainError } from "../errors.ts";
import type { RawPowerBatch } from "../record.ts";
import { packMember } from "./raw_member.ts";
import type { MonitorLoss } from "./recording.ts";
import type { RecordEvent, StreamLoss } from "./source.ts";

// A second of records at a time: eight of 56 KB compress to 26 KB in 1.4 ms, right after the last of
// them came, when the next is furthest away.
const BATCH_MS = 1000;

/** Collects records as they came, with all that a replay needs, and compresses them. */
export class RawBatch {
  spawnMs = NaN;
  #records: Uint8Array[] = [];
  #arrivalsMs: number[] = [];
  #parseMs: number[] = [];
  #wallAheadMs: number[] = [];
  #losses: MonitorLoss[] = [];

  constructor(readonly format: RawPowerBatch["format"], readonly intervalMs: number) {}

  /** Whether enough has come together. */
  get isFull(): boolean {
    return (this.#arrivalsMs.at(-1) ?? 0) - (this.#arrivalsMs[0] ?? 0) >= BATCH_MS;
  }

  addRecord({ record, raw, arrivalMs }: RecordEvent, parseMs: number): void {
    if (record.wallAheadMs !== undefined) this.#wallAheadMs.push(record.wallAheadMs);
    this.#records.push(raw);
    this.#arrivalsMs.push(arrivalMs);
    this.#parseMs.push(parseMs);
  }

  addLoss(loss: StreamLoss): void {
    this.#losses.push({ ...loss, afterRecords: this.#records.length });
  }

  /** Gives out what there is, `null` where that is nothing, and begins anew. */
  take(death: PlainError | null = null): RawPowerBatch | null {
    if (this.#records.length === 0 && this.#losses.length === 0 && death === null) return null;
    const arrivalsMs = this.#arrivalsMs;
    const gzip = packMember(concatenated(this.#records), {
      intervalMs: this.intervalMs,
      spawnMs: this.spawnMs,
      parseMs: this.#parseMs,
      ...(this.#wallAheadMs.length === 0 ? {} : { wallAheadMs: this.#wallAheadMs }),
      losses: this.#losses,
      death,
    });
    this.#records = [];
    this.#arrivalsMs = [];
    this.#parseMs = [];
    this.#wallAheadMs = [];
    this.#losses = [];
    return { format: this.format, arrivalsMs, gzip };
  }
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
