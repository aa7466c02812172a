import type { PlainError } from "../errors.ts";
import type { Finding, PowerSample, RawPowerBatch } from "../record.ts";
import { type Alignment, alignRecords } from "./align.ts";
import { checkSampling } from "./check.ts";
import { ProvisionalDates } from "./provisional.ts";
import { SpotSample } from "./spot_sample.ts";
import type { PowerRecord, StreamLoss } from "./source.ts";

/** A loss, and where in the stream it was. */
export interface MonitorLoss extends StreamLoss {
  /** How many records had come by then. */
  afterRecords: number;
}

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
  readonly #provisional = new ProvisionalDates();

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
    this.#provisional.invalidate();
  }

  addRaw(batch: RawPowerBatch): void {
    this.#raw.push(batch);
    this.spotSample.add(batch);
  }

  /** The newest sample, as dated so far. */
  current(): PowerSample | null {
    return this.#dated().at(-1) ?? null;
  }

  /** Samples that end after `sinceMs`, as dated so far; when it is complete, with all that is known. */
  samples(sinceMs = -Infinity): PowerSample[] {
    const samples = this.#dated();
    let first = sinceMs === -Infinity ? 0 : samples.length;
    while (first > 0 && samples[first - 1]!.endMs > sinceMs) first--;
    return samples.slice(first);
  }

  #dated(): readonly PowerSample[] {
    if (this.isComplete) return this.alignment().samples;
    if (!this.#provisional.extend(this.records, this.#arrivalsMs)) {
      this.#provisional.restart(this.alignment(), this.#arrivalsMs);
    }
    return this.#provisional.samples;
  }

  alignment(): Alignment {
    if (this.#alignment?.records !== this.records.length) {
      this.#alignment = { records: this.records.length, value: this.#align() };
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

  #align(): Alignment {
    return alignRecords(this.records, this.#arrivalsMs, {
      intervalMs: this.#intervalMs,
      spawnMs: this.spawnMs,
      lostBefore: this.losses.map(({ afterRecords }) => afterRecords),
    });
  }
}
