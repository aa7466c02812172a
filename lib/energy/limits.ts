import { firstEndingAfter, type RailRecords } from "./records.ts";

/** Energies that cannot be passed, in mJ. */
export interface Limits {
  /** No less than this. */
  lowMj: number;
  /** No more than this. */
  highMj: number;
}

/** Between which powers a rail is known to stay. */
export interface PowerBounds {
  /** No lower power, in mW. */
  lowestMw: number;
  /** No higher power, in mW. */
  highestMw: number;
}

/** The hard limits of a part of length t in a whole of length T and an energy between two limits. */
export function limitsOfPart(
  partMs: number,
  wholeMs: number,
  whole: Limits,
  { lowestMw, highestMw }: PowerBounds,
): Limits {
  const restMs = Math.max(0, wholeMs - partMs);
  const low = Math.max(lowestMw * partMs / 1000, whole.lowMj - highestMw * restMs / 1000);
  const high = Math.min(highestMw * partMs / 1000, whole.highMj - lowestMw * restMs / 1000);
  return { lowMj: Math.min(low, high), highMj: Math.max(low, high) };
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
  bounds: PowerBounds,
): Limits {
  const limits = { lowMj: 0, highMj: 0 };
  const first = firstEndingAfter(records.endMs, startMs - shiftMs);
  for (let index = first; index < records.endMs.length; index++) {
    const from = (records.startMs[index] ?? 0) + shiftMs;
    const to = (records.endMs[index] ?? 0) + shiftMs;
    if (from >= endMs) break;
    const mj = records.energyMj[index] ?? NaN;
    const part = Math.min(to, endMs) - Math.max(from, startMs);
    const record = { lowMj: mj - records.roundingMj, highMj: mj + records.roundingMj };
    const { lowMj, highMj } = limitsOfPart(part, to - from, record, bounds);
    limits.lowMj += lowMj;
    limits.highMj += highMj;
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
