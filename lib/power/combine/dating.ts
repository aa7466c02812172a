import type { PowerRecord } from "../source.ts";

/** A record on our own clock, as well as can be told while it comes. */
export interface DatedRecord {
  startMs: number;
  endMs: number;
  energyMj: PowerRecord["energyMj"];
}

// Longer than any record is held up on its way: the source has slept, or its clock was set.
const LOST_TRACK_MS = 2000;

/**
 * Dates the records of one source by their lengths and the promptest of their arrivals. For the
 * rails that come along with those of another source this is enough; the records of that one are
 * dated properly later on, by `alignRecords`.
 */
export class Dating {
  #endMs: number | null = null;

  /** The next record. */
  date({ startMs, endMs, elapsedNs, energyMj }: PowerRecord, arrivalMs: number): DatedRecord {
    if (startMs !== undefined && endMs !== undefined) return { startMs, endMs, energyMj };
    const lengthMs = elapsedNs / 1e6;
    const expectedMs = (this.#endMs ?? arrivalMs) + (this.#endMs === null ? 0 : lengthMs);
    const isPlausible = arrivalMs - expectedMs < LOST_TRACK_MS;
    this.#endMs = isPlausible ? Math.min(arrivalMs, expectedMs) : arrivalMs;
    return { startMs: this.#endMs - lengthMs, endMs: this.#endMs, energyMj };
  }
}
