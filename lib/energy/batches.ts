import type { PowerSample, Rail } from "../record.ts";
import { followsOn, type RailRecords, railRecords, withBounds } from "./records.ts";

/** Records of a rail whose counter is published now and then, and how far off their ends may be. */
export interface Batches {
  records: RailRecords;
  /** A batch is published some time in its last records: it ends up to this much before they do. */
  earlyMs: number;
}

/** A batch may be published in two steps, some ms apart (macOS 27 on an M1 Ultra). */
const LONGEST_SPIKE = 2;

/**
 * Takes a counter that is published in batches for what it is: one record from each spike to the
 * next, in place of records of 0 mJ and one of everything. All else follows from records that are
 * that long: what is shorter than a batch is not resolved.
 *
 * When the first batch began nobody saw, nor what the last zeros stand for: neither is measured.
 */
export function mergeBatches(records: RailRecords): Batches {
  const { energyMj, startMs, endMs } = records;
  const merged: { from: number; to: number; isKnown: boolean }[] = [];
  let earlyMs = 0;
  let isBegun = false;
  for (let from = 0; from < energyMj.length;) {
    if (from > 0 && !followsOn(records, from)) isBegun = false;
    const { spike, to } = batchFrom(records, from);
    const isPublished = spike < to;
    merged.push({ from, to, isKnown: isBegun && isPublished });
    if (isPublished) isBegun = true;
    if (isPublished && spike > from) {
      earlyMs = Math.max(earlyMs, (endMs[to - 1] ?? NaN) - (startMs[spike] ?? NaN));
    }
    from = to;
  }
  const column = (of: (batch: typeof merged[number]) => number) => Float64Array.from(merged, of);
  const sumOf = (values: Float64Array, from: number, to: number) =>
    values.subarray(from, to).reduce((sum, value) => sum + value, 0);
  return {
    earlyMs,
    records: withBounds({
      rail: records.rail,
      areBatches: true,
      roundingMj: records.roundingMj,
      startMs: column(({ from }) => startMs[from] ?? NaN),
      endMs: column(({ to }) => endMs[to - 1] ?? NaN),
      energyMj: column(({ from, to, isKnown }) => isKnown ? sumOf(energyMj, from, to) : NaN),
      gapMs: column(({ from, to }) => sumOf(records.gapMs, from, to)),
    }),
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
