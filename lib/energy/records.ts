import type { PowerSample, Rail } from "../record.ts";

/** The records of one rail as columns, in the order of time. Unmeasured energies are `NaN`. */
export interface RailRecords {
  rail: Rail;
  startMs: Float64Array;
  endMs: Float64Array;
  energyMj: Float64Array;
  /** Half the step in which the source counts: 1 mJ for integers (two counter reads), else 0. */
  roundingMj: number;
  /** The lowest and the highest mean power that any record shows, in mW. */
  lowestMw: number;
  highestMw: number;
}

/** Takes one rail out of the samples, sorted. */
export function railRecords(samples: readonly PowerSample[], rail: Rail): RailRecords {
  const ordered = samples.filter((sample) => sample.endMs > sample.startMs)
    .toSorted((a, b) => a.startMs - b.startMs);
  const energyMj = Float64Array.from(ordered, (sample) => sample.energyMj[rail] ?? NaN);
  const powers = ordered.map((sample, index) =>
    (energyMj[index] ?? NaN) / (sample.endMs - sample.startMs) * 1000
  ).filter((mw) => !Number.isNaN(mw));
  const measured = energyMj.filter((mj) => !Number.isNaN(mj));
  return {
    rail,
    startMs: Float64Array.from(ordered, (sample) => sample.startMs),
    endMs: Float64Array.from(ordered, (sample) => sample.endMs),
    energyMj,
    roundingMj: measured.length > 0 && measured.every(Number.isInteger) ? 1 : 0,
    lowestMw: powers.reduce((low, mw) => Math.min(low, mw), Infinity),
    highestMw: powers.reduce((high, mw) => Math.max(high, mw), 0),
  };
}

/** Boundaries closer than this are the same boundary: a nanosecond. */
export const SAME_MS = 1e-6;

/** Where the first record that ends after `timeMs` stands. */
export function firstEndingAfter(endMs: Float64Array, timeMs: number): number {
  let low = 0;
  let high = endMs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((endMs[middle] ?? Infinity) > timeMs) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** How many records lie wholly inside a span. */
export function wholeRecords(records: RailRecords, startMs: number, endMs: number): number {
  let count = 0;
  let index = firstEndingAfter(records.endMs, startMs);
  for (; index < records.endMs.length; index++) {
    if ((records.endMs[index] ?? Infinity) > endMs + SAME_MS) break;
    if ((records.startMs[index] ?? -Infinity) >= startMs - SAME_MS) count++;
  }
  return count;
}

/** Whether measured records cover all of a span. */
export function isCovered(records: RailRecords, startMs: number, endMs: number): boolean {
  let reachedMs = startMs;
  for (let i = firstEndingAfter(records.endMs, startMs); i < records.endMs.length; i++) {
    if ((records.startMs[i] ?? Infinity) > reachedMs + SAME_MS) break;
    if (Number.isNaN(records.energyMj[i])) break;
    reachedMs = records.endMs[i] ?? reachedMs;
    if (reachedMs >= endMs - SAME_MS) return true;
  }
  return reachedMs >= endMs - SAME_MS && endMs - startMs <= SAME_MS;
}
