import type { PowerSample, Rail } from "../record.ts";
import { followsOn, type RailRecords, railRecords, withBounds } from "./records.ts";

/** Records of a rail whose counter is published now and then, and how far off their ends may be. */
export interface Batches {
  /** Each is published some time in its last records, `earlyMs` at most before they end. */
  records: RailRecords & { earlyMs: Float64Array };
  /** The most that any of them may end early. */
  earlyMs: number;
}

/** A batch may be published in two steps, some ms apart (macOS 27 on an M1 Ultra). */
const LONGEST_SPIKE = 2;
/**
 * A batch that lasts so many times as long as most others stands for two: the one between was
 * published between two records and is in none of them. Regular within a tenth where it was seen.
 */
const LOST = 1.6;

/**
 * Takes a counter that is published in batches for what it is: one record from each spike to the
 * next, in place of records of 0 mJ and one of everything. All else follows from records that are
 * that long: what is shorter than a batch is not resolved.
 *
 * When the first batch began nobody saw, nor what the last zeros stand for: neither is measured.
 * Nor is a batch that lasts as long as two others, as it holds the energy of one of them.
 */
export function mergeBatches(records: RailRecords): Batches {
  const { energyMj, startMs, endMs } = records;
  const merged: { from: number; to: number; isKnown: boolean; earlyMs: number }[] = [];
  let isBegun = false;
  for (let from = 0; from < energyMj.length;) {
    if (from > 0 && !followsOn(records, from)) isBegun = false;
    const { spike, to } = batchFrom(records, from);
    const isPublished = spike < to;
    const earlyMs = isPublished ? (endMs[to - 1] ?? NaN) - (startMs[spike] ?? NaN) : 0;
    merged.push({ from, to, isKnown: isBegun && isPublished, earlyMs });
    if (isPublished) isBegun = true;
    from = to;
  }
  const lastsMs = ({ from, to }: typeof merged[number]) =>
    (endMs[to - 1] ?? NaN) - (startMs[from] ?? NaN);
  const lostMs = LOST * medianOf(merged.filter(({ isKnown }) => isKnown).map(lastsMs));
  for (const batch of merged) {
    if (lastsMs(batch) - batch.earlyMs > lostMs) batch.isKnown = false;
  }
  const column = (of: (batch: typeof merged[number]) => number) => Float64Array.from(merged, of);
  const sumOf = (values: Float64Array, from: number, to: number) =>
    values.subarray(from, to).reduce((sum, value) => sum + value, 0);
  const earlyMs = column((batch) => batch.earlyMs);
  const merges = withBounds({
    rail: records.rail,
    roundingMj: records.roundingMj,
    startMs: column(({ from }) => startMs[from] ?? NaN),
    endMs: column(({ to }) => endMs[to - 1] ?? NaN),
    energyMj: column(({ from, to, isKnown }) => isKnown ? sumOf(energyMj, from, to) : NaN),
    gapMs: column(({ from, to }) => sumOf(records.gapMs, from, to)),
  });
  return {
    records: { ...merges, earlyMs },
    earlyMs: earlyMs.reduce((most, ms) => Math.max(most, ms), 0),
  };
}

/**
 * How long the longest complete batch of a rail takes, in ms; Infinity where none is complete.
 *
 * @throws {RangeError} if a sample cannot be used
 */
export function longestBatchMs(samples: readonly PowerSample[], rail: Rail): number {
  const { startMs, endMs, energyMj } = mergeBatches(railRecords(samples, rail)).records;
  let longestMs = 0;
  energyMj.forEach((mj, at) => {
    if (!Number.isNaN(mj)) longestMs = Math.max(longestMs, endMs[at]! - startMs[at]!);
  });
  return longestMs > 0 ? longestMs : Infinity;
}

/** The middle one, of none Infinity. */
function medianOf(lengthsMs: readonly number[]): number {
  return lengthsMs.toSorted((a, b) => a - b)[lengthsMs.length >> 1] ?? Infinity;
}

/** Zeros and the spike after them; `spike` is `to` where none came. A record after a spike is its own. */
function batchFrom(records: RailRecords, from: number): { spike: number; to: number } {
  const { energyMj } = records;
  const belongs = (index: number) => index === from || followsOn(records, index);
  let spike = from;
  while (energyMj[spike] === 0 && belongs(spike)) spike++;
  if (spike > from && !(spike < energyMj.length && belongs(spike))) return { spike, to: spike };
  const longest = spike > from ? LONGEST_SPIKE : 1;
  let to = spike + 1;
  while (to < spike + longest && belongs(to) && energyMj[to] !== 0) to++;
  return { spike, to };
}
