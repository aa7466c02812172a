import type { PowerRecord } from "../source.ts";
import type { DatedRecord } from "./dating.ts";

// Dates wander by some ms from record to record; what is left uncovered beyond that is a gap.
const LEAST_COVERED = 0.9;

/** The last records of a source, to be asked what it measured between two moments. */
export class RailHistory {
  readonly #records: DatedRecord[] = [];

  /** Takes in the next record. */
  add(record: DatedRecord): void {
    const before = this.#records.at(-1);
    const lengthMs = record.endMs - record.startMs;
    const apartMs = before === undefined ? 0 : record.startMs - before.endMs;
    // Neighbours touch: otherwise the same moment would count twice, or not at all.
    const touches = before !== undefined && Math.abs(apartMs) < lengthMs / 2;
    this.#records.push(touches ? { ...record, startMs: before.endMs } : record);
  }

  /** Until when it has measured, in epoch ms; -Infinity where it has not begun. */
  get endMs(): number {
    return this.#records.at(-1)?.endMs ?? -Infinity;
  }

  /** From when on it has measured; Infinity where it has not begun. */
  get startMs(): number {
    return this.#records[0]?.startMs ?? Infinity;
  }

  /** Forgets what ended before. */
  forgetBefore(ms: number): void {
    const keep = this.#records.findIndex(({ endMs }) => endMs > ms);
    // The last one stays: the next must touch it.
    this.#records.splice(0, keep < 0 ? Math.max(0, this.#records.length - 1) : keep);
  }

  /**
   * Energy between two moments, in mJ: each record has the same power throughout. `null` for a rail
   * that some record does not have, and for all where records are missing.
   */
  energyMj(startMs: number, endMs: number): PowerRecord["energyMj"] {
    const found: PowerRecord["energyMj"] = {};
    let coveredMs = 0;
    for (const record of this.#records) {
      const insideMs = Math.min(endMs, record.endMs) - Math.max(startMs, record.startMs);
      if (insideMs <= 0) continue;
      coveredMs += insideMs;
      const share = insideMs / (record.endMs - record.startMs);
      for (const [rail, mj] of entriesOf(record.energyMj)) {
        const sofar = found[rail] === undefined ? 0 : found[rail];
        found[rail] = mj === null || sofar === null ? null : sofar + mj * share;
      }
    }
    const lengthMs = endMs - startMs;
    for (const [rail, mj] of entriesOf(found)) {
      if (mj === null) continue;
      found[rail] = coveredMs < LEAST_COVERED * lengthMs ? null : mj * lengthMs / coveredMs;
    }
    return found;
  }
}

function entriesOf(energyMj: PowerRecord["energyMj"]) {
  return Object.entries(energyMj) as [keyof PowerRecord["energyMj"], number | null][];
}
