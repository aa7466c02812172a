import { firstEndingAfter, followsOn, type RailRecords, SAME_MS } from "./records.ts";
import type { Shifts } from "./shifts.ts";
import type { Stretch } from "./stretches.ts";

/** A piece of record `index` in stretch `stretch`: it holds the record's start, its end, or neither. */
export interface Piece {
  index: number;
  stretch: number;
  fromMs: number;
  toMs: number;
  side: "start" | "end" | "middle";
}

/** Cuts records where stretches end. */
export class Cutter {
  readonly #ends: Float64Array;

  constructor(
    readonly records: RailRecords,
    readonly stretches: readonly Stretch[],
    readonly shifts: Shifts,
  ) {
    this.#ends = Float64Array.from(stretches, ({ endMs }) => endMs);
  }

  /** The records that touch the root for any shift: from `first` to before `end`. */
  touching(): { first: number; end: number } {
    const { startMs, endMs } = this.records;
    const rootStartMs = this.#ends[0] ?? 0;
    const rootEndMs = this.stretches.at(-1)?.startMs ?? 0;
    const first = firstEndingAfter(endMs, rootStartMs - this.shifts.highMs);
    let end = first;
    while ((startMs[end] ?? Infinity) + this.shifts.lowMs < rootEndMs) end++;
    return { first, end };
  }

  /** The pieces of one record, whose ends are shifted, in the order of time. */
  pieces(index: number, startShiftMs: number, endShiftMs: number = startShiftMs): Piece[] {
    const { startMs, endMs } = this.records;
    const { nominalMs } = this.shifts;
    // A record at the brink of what was measured stands for what a shift moves past it.
    const isFirst = !followsOn(this.records, index);
    const isLast = !followsOn(this.records, index + 1);
    const fromMs = startMs[index]! +
      (isFirst ? Math.min(startShiftMs, nominalMs) : startShiftMs);
    const toMs = endMs[index]! + (isLast ? Math.max(endShiftMs, nominalMs) : endShiftMs);
    const pieces: Piece[] = [];
    let reachedMs = fromMs;
    for (let stretch = firstEndingAfter(this.#ends, fromMs); reachedMs < toMs; stretch++) {
      const untilMs = Math.min(toMs, this.#ends[stretch] ?? Infinity);
      const side = reachedMs === fromMs ? "start" : untilMs === toMs ? "end" : "middle";
      pieces.push({ index, stretch, fromMs: reachedMs, toMs: untilMs, side });
      reachedMs = untilMs;
    }
    return pieces;
  }

  /** Whether a piece lies before or after the root. */
  isOutside({ stretch }: Piece): boolean {
    return stretch === 0 || stretch === this.stretches.length - 1;
  }

  /** Whether a record lies in one stretch, and among other records, whatever the shift. */
  isNeverCut(index: number): boolean {
    const { lowMs, highMs } = this.shifts;
    return this.stretchOf(index, lowMs, highMs) >= 0 && followsOn(this.records, index) &&
      followsOn(this.records, index + 1);
  }

  /** The stretch in which a record lies for any shift between two; -1 where there is none. */
  stretchOf(index: number, lowMs: number, highMs: number): number {
    const startMs = (this.records.startMs[index] ?? NaN) + lowMs;
    const endMs = (this.records.endMs[index] ?? NaN) + highMs;
    const stretch = firstEndingAfter(this.#ends, startMs + SAME_MS);
    return endMs <= (this.#ends[stretch] ?? NaN) + SAME_MS ? stretch : -1;
  }
}
