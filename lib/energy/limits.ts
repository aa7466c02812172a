import { firstEndingAfter, type RailRecords } from "./records.ts";
import type { Shifts } from "./shifts.ts";

/** Energies that cannot be passed, in mJ. */
export interface Limits {
  /** At least. */
  lowMj: number;
  /** At most. */
  highMj: number;
}

/** Between which powers a rail is known to stay. */
export interface PowerBounds {
  /** Never below this, in mW. */
  lowestMw: number;
  /** Never above this, in mW. */
  highestMw: number;
}

/**
 * How far power may leave the range that whole records show, as they hide what is shorter: from no
 * data, meant to be wide (docs/decisions/interval-constants.md).
 */
const BURST = 2;
/** A batch of seconds hides whole phases: a prefill of 0.4 s in it may draw twice what it shows. */
export const BATCH_BURST = 4;

/**
 * Between which powers a rail is taken to stay.
 *
 * @param idleKnown whether idle time is among the records; otherwise nothing is below the spans
 * @param highestMw the highest power that this machine has shown, where that is known
 * @param burst how far power may leave the range that the records show
 */
export function powerBounds(
  records: RailRecords,
  idleKnown: boolean,
  highestMw: number | undefined,
  burst = BURST,
): PowerBounds {
  const lowestMw = records.lowestMw === Infinity ? 0 : records.lowestMw;
  return {
    lowestMw: idleKnown ? Math.min(lowestMw, lowestMw / burst) : Math.min(lowestMw, 0),
    highestMw: Math.max(records.highestMw, highestMw ?? records.highestMw * burst),
  };
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
 * exactly E, so long spans have narrow limits. Over all shifts, the sum is linear between the
 * shifts at which one of these terms changes: its extremes lie there.
 */
export function hardLimits(
  records: RailRecords,
  startMs: number,
  endMs: number,
  shifts: Shifts,
  bounds: PowerBounds,
): Limits {
  const { lowMs, highMs } = shifts;
  const widest = limitsAt(records, startMs - lowMs, endMs - lowMs, bounds);
  if (highMs === lowMs) return widest;
  const turns = [startMs, endMs].flatMap((edgeMs) => turnsIn(records, edgeMs, shifts, bounds));
  for (const shiftMs of [highMs, ...turns]) {
    const { lowMj, highMj } = limitsAt(records, startMs - shiftMs, endMs - shiftMs, bounds);
    widest.lowMj = Math.min(widest.lowMj, lowMj);
    widest.highMj = Math.max(widest.highMj, highMj);
  }
  return widest;
}

/**
 * The limits of a span of records whose ends are each early by another time, up to `earlyMs`: one
 * shift serves the one end of the span, and up to Pmax × `earlyMs` is on the wrong side of the other.
 */
export function loosened(
  { lowMj, highMj }: Limits,
  durationMs: number,
  earlyMs: number,
  { lowestMw, highestMw }: PowerBounds,
): Limits {
  const offMj = highestMw * earlyMs / 1000;
  return {
    lowMj: Math.max(Math.min(lowMj, lowestMw * durationMs / 1000), lowMj - offMj),
    highMj: Math.min(Math.max(highMj, highestMw * durationMs / 1000), highMj + offMj),
  };
}

/** The limits between two times as the records date them. */
function limitsAt(records: RailRecords, startMs: number, endMs: number, bounds: PowerBounds) {
  const sum: Limits = { lowMj: 0, highMj: 0 };
  let unmeasuredMs = endMs - startMs;
  for (let at = firstEndingAfter(records.endMs, startMs); at < records.endMs.length; at++) {
    const from = records.startMs[at]!;
    const to = records.endMs[at]!;
    if (from >= endMs) break;
    if (Number.isNaN(records.energyMj[at] ?? NaN)) continue;
    const partMs = Math.min(to, endMs) - Math.max(from, startMs);
    const record = recordLimits(records, at, bounds);
    const { lowMj, highMj } = limitsOfPart(partMs, to - from, record, bounds);
    sum.lowMj += lowMj;
    sum.highMj += highMj;
    unmeasuredMs -= partMs;
  }
  sum.lowMj += bounds.lowestMw * Math.max(0, unmeasuredMs) / 1000;
  sum.highMj += bounds.highestMw * Math.max(0, unmeasuredMs) / 1000;
  return sum;
}

/** Where an edge, moved over all shifts, meets the ends of records or changes which term holds. */
function turnsIn(
  records: RailRecords,
  edgeMs: number,
  { lowMs, highMs }: Shifts,
  bounds: PowerBounds,
): number[] {
  const turns: number[] = [];
  const perMw = 1000 / (bounds.highestMw - bounds.lowestMw);
  for (let at = firstEndingAfter(records.endMs, edgeMs - highMs); at < records.endMs.length; at++) {
    const from = records.startMs[at]!;
    const to = records.endMs[at]!;
    if (from >= edgeMs - lowMs) break;
    const { lowMj, highMj } = recordLimits(records, at, bounds);
    const atLeastMs = (lowMj - bounds.lowestMw * (to - from) / 1000) * perMw;
    const atMostMs = (highMj - bounds.lowestMw * (to - from) / 1000) * perMw;
    for (const turnMs of [0, atLeastMs, atMostMs]) turns.push(from + turnMs, to - turnMs);
  }
  return turns.map((turnMs) => edgeMs - turnMs).filter((ms) => ms > lowMs && ms < highMs);
}

/** What a record holds at least and at most, with its rounding and whatever its gap may hold. */
function recordLimits(records: RailRecords, index: number, bounds: PowerBounds): Limits {
  const { startMs, endMs, energyMj, gapMs, roundingMj } = records;
  const wholeMs = (endMs[index] ?? NaN) - (startMs[index] ?? NaN);
  const missingMs = gapMs[index]!;
  const measuredMj = (energyMj[index] ?? NaN) * (1 - missingMs / wholeMs);
  return {
    lowMj: measuredMj - roundingMj + bounds.lowestMw * missingMs / 1000,
    highMj: measuredMj + roundingMj + bounds.highestMw * missingMs / 1000,
  };
}
