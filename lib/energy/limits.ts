import { firstEndingAfter, type RailRecords } from "./records.ts";

/** Energies that cannot be passed, in mJ. */
export interface Limits {
  lowMj: number;
  highMj: number;
}

/**
 * The hard limits of a span's energy on one rail, when power stays between two bounds.
 *
 * In a record of length T and energy E, a part of length t holds at least
 * max(Pmin·t, E − Pmax·(T − t)) and at most min(Pmax·t, E − Pmin·(T − t)). Whole records hold
 * exactly E, so long spans have narrow limits.
 *
 * @param shiftMs how far the true boundaries of the records lie behind the dated ones
 */
export function hardLimits(
  records: RailRecords,
  startMs: number,
  endMs: number,
  shiftMs: number,
  bounds: { lowestMw: number; highestMw: number },
): Limits {
  const limits = { lowMj: 0, highMj: 0 };
  const lowest = bounds.lowestMw / 1000;
  const highest = bounds.highestMw / 1000;
  const first = firstEndingAfter(records.endMs, startMs - shiftMs);
  for (let index = first; index < records.endMs.length; index++) {
    const from = (records.startMs[index] ?? 0) + shiftMs;
    const to = (records.endMs[index] ?? 0) + shiftMs;
    if (from >= endMs) break;
    const mj = records.energyMj[index] ?? NaN;
    const part = Math.min(to, endMs) - Math.max(from, startMs);
    const rest = to - from - part;
    const low = Math.max(lowest * part, mj - records.roundingMj - highest * rest);
    const high = Math.min(highest * part, mj + records.roundingMj - lowest * rest);
    limits.lowMj += Math.min(low, high);
    limits.highMj += Math.max(low, high);
  }
  return limits;
}

/** The widest limits over several shifts. */
export function widest(all: readonly Limits[]): Limits {
  return {
    lowMj: Math.min(...all.map((limits) => limits.lowMj)),
    highMj: Math.max(...all.map((limits) => limits.highMj)),
  };
}
