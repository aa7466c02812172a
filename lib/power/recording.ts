import type { PlainError } from "../errors.ts";
import type { Finding, PowerSample, RawPowerBatch } from "../record.ts";
import { type Alignment, alignRecords } from "./align.ts";
import { checkSampling } from "./check.ts";
import { SpotSample } from "./spot_sample.ts";
import type { PowerRecord, StreamLoss } from "./source.ts";

/** A loss, and where in the stream it was. */
export interface MonitorLoss extends StreamLoss {
  /** How many records had come by then. */
  afterRecords: number;
}

// Some 15 s of records: enough to date the newest one, however long sampling has run.
const RECENT_RECORDS = 128;
// Dating all records anew costs 3 ms for two minutes of them, 60 ms for an hour: too much, twice a
// second, beside what is being measured.
const MANY_RECORDS = 1024;
const GROWTH = 1.25;

/** What a sampler has delivered so far, and what follows from it. */
export class Recording {
  readonly records: PowerRecord[] = [];
  readonly losses: MonitorLoss[] = [];
  /** Time before which the source was not running. */
  spawnMs = -Infinity;
  readonly #intervalMs: number;
  readonly #arrivalsMs: number[] = [];
  #parseMs = 0;
  /** Whether no more will come: from then on all is dated with all that is known. */
  isComplete = false;
  /** Why the sampler ended although nobody stopped it. */
  death: PlainError | null = null;
  /** Some of the raw records, to be read in full when there is time. */
  readonly spotSample = new SpotSample();
  #raw: RawPowerBatch[] = [];
  #alignment: { records: number; value: Alignment } | null = null;
  #provisional: PowerSample[] = [];
  #current: { records: number; value: PowerSample | null } = { records: 0, value: null };

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
    this.spotSample.add(batch);
  }

  /** The newest sample. */
  current(): PowerSample | null {
    const { length } = this.records;
    if (this.#current.records !== length) {
      this.#current = {
        records: length,
        value: this.#align(length - RECENT_RECORDS).samples.at(-1) ?? null,
      };
    }
    return this.#current.value;
  }

  /**
   * All samples. While many keep coming, those dated before stay as they are and the new ones are
   * dated by their neighbours; all of them are dated anew each time they are a quarter more.
   */
  samples(): PowerSample[] {
    const { length } = this.records;
    const aligned = this.#alignment?.records ?? 0;
    const dated = this.#provisional.length;
    const isCheap = length < MANY_RECORDS || length > GROWTH * aligned;
    if (this.isComplete || isCheap || length - dated > RECENT_RECORDS / 2 || aligned > dated) {
      const { samples } = this.alignment();
      // Only where more are to come does anyone add to them.
      this.#provisional = this.isComplete ? [] : [...samples];
      return samples;
    }
    const first = Math.max(0, length - RECENT_RECORDS);
    const recent = this.#align(first).samples.slice(dated - first);
    for (const sample of recent) {
      const startMs = Math.max(sample.startMs, this.#provisional.at(-1)!.endMs);
      this.#provisional.push({ ...sample, startMs, endMs: Math.max(sample.endMs, startMs) });
    }
    return [...this.#provisional];
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
      ...this.#died(),
    ];
  }

  #died(): Finding[] {
    if (this.death === null) return [];
    return [{
      kind: "sampler-died",
      severity: "invalid",
      value: this.records.length,
      unit: "records",
      message: this.death.message,
      remedy: this.death.remedy ?? "run again",
    }];
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
