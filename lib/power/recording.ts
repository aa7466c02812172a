import type { Finding, PowerSample, RawPowerBatch } from "../record.ts";
import { type Alignment, alignRecords } from "./align.ts";
import { checkSampling } from "./check.ts";
import type { PowerRecord, StreamLoss } from "./source.ts";

/** A loss, and where in the stream it was. */
export interface MonitorLoss extends StreamLoss {
  /** How many records had come by then. */
  afterRecords: number;
}

// A minute of records: enough to date the newest one, however long sampling has run.
const RECENT_RECORDS = 512;

/** What a sampler has delivered so far, and what follows from it. */
export class Recording {
  readonly records: PowerRecord[] = [];
  readonly losses: MonitorLoss[] = [];
  /** Time before which the source was not running. */
  spawnMs = -Infinity;
  readonly #intervalMs: number;
  readonly #arrivalsMs: number[] = [];
  #parseMs = 0;
  #raw: RawPowerBatch[] = [];
  #alignment: { records: number; value: Alignment } | null = null;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  addRecord(record: PowerRecord, arrivalMs: number, parseMs: number): void {
    this.records.push(record);
    this.#arrivalsMs.push(arrivalMs);
    this.#parseMs += parseMs;
  }

  addLoss(loss: StreamLoss): void {
    this.losses.push({ ...loss, afterRecords: this.records.length });
  }

  addRaw(batch: RawPowerBatch): void {
    this.#raw.push(batch);
  }

  /** The newest sample. */
  current(): PowerSample | null {
    return this.#align(this.records.length - RECENT_RECORDS).samples.at(-1) ?? null;
  }

  alignment(): Alignment {
    if (this.#alignment?.records !== this.records.length) {
      this.#alignment = { records: this.records.length, value: this.#align(0) };
    }
    return this.#alignment.value;
  }

  findings(): Finding[] {
    const { samples, findings } = this.alignment();
    const checked = checkSampling(samples, {
      records: this.records,
      askedMs: this.#intervalMs,
      losses: this.losses,
      ...(this.records.length === 0 ? {} : { parseMs: this.#parseMs / this.records.length }),
    });
    // The alignment says more about a gap than that there is one.
    const explained = new Set(findings.map(({ startMs }) => startMs));
    return [
      ...findings,
      ...checked.filter(({ kind, startMs }) => kind !== "gap" || !explained.has(startMs)),
    ];
  }

  takeRaw(): RawPowerBatch | null {
    const batches = this.#raw;
    const first = batches[0];
    if (first === undefined) return null;
    this.#raw = [];
    // RFC 1952, 2.2: gzip members one after the other are a gzip file.
    const gzip = new Uint8Array(batches.reduce((sum, { gzip }) => sum + gzip.length, 0));
    let at = 0;
    for (const batch of batches) {
      gzip.set(batch.gzip, at);
      at += batch.gzip.length;
    }
    return { format: first.format, arrivalsMs: batches.flatMap((batch) => batch.arrivalsMs), gzip };
  }

  #align(from: number): Alignment {
    const first = Math.max(0, from);
    return alignRecords(this.records.slice(first), this.#arrivalsMs.slice(first), {
      intervalMs: this.#intervalMs,
      ...(first === 0 ? { spawnMs: this.spawnMs } : {}),
      lostBefore: this.losses.map(({ afterRecords }) => afterRecords - first),
    });
  }
}
