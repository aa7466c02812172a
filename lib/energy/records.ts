import type { PowerSample, Rail } from "../record.ts";

/** The records of one rail as columns, in the order of time. Unmeasured energies are `NaN`. */
export interface RailRecords {
  rail: Rail;
  startMs: Float64Array;
  endMs: Float64Array;
  /** With the energy of the gap before the record, taken at the record's own power. */
  energyMj: Float64Array;
  /** How much of the record's time is such a gap. */
  gapMs: Float64Array;
  /** How far an energy may be off: 1 mJ for integers (two readings of a counter), else 0. */
  roundingMj: number;
  /** The lowest and the highest mean power that any record allows, in mW. */
  lowestMw: number;
  highestMw: number;
  /** Where each is a batch of many records: how much before its date it may have ended, in ms. */
  earlyMs?: Float64Array;
}

/** Boundaries closer than this are the same: a microsecond, four steps of a double in epoch ms. */
export const SAME_MS = 1e-3;
/** Alignment finds up to 4 ms after each record that no record holds (`lib/power/readings.ts`). */
const LARGEST_GAP_MS = 4;
/** In short records, 4 ms are no sliver: no more of one is filled (docs/decisions/interval-constants.md). */
const LARGEST_GAP_SHARE = 0.1;
/** Dated records may overlap by their clock's error of rate; what is more is not one meter. */
const LARGEST_OVERLAP_SHARE = 0.01;

/**
 * Takes one rail out of the samples: sorted, and with slivers between neighbours closed.
 *
 * @throws {RangeError} if a sample has no length, a value is not finite, or samples overlap
 */
export function railRecords(samples: readonly PowerSample[], rail: Rail): RailRecords {
  const ordered = samples.toSorted((a, b) => a.startMs - b.startMs);
  const columns = () => new Float64Array(ordered.length);
  const [startMs, endMs, energyMj, gapMs] = [columns(), columns(), columns(), columns()];
  const measured = ordered.map((sample) => measuredMj(sample, rail));
  const roundingMj = measured.every((mj) => mj === null || Number.isInteger(mj)) ? 1 : 0;
  ordered.forEach((sample, index) => {
    const mj = measured[index] ?? NaN;
    const ownMs = sample.endMs - sample.startMs;
    startMs[index] = joinedStart(sample, endMs[index - 1]);
    endMs[index] = sample.endMs;
    gapMs[index] = Math.max(0, sample.startMs - startMs[index]!);
    energyMj[index] = mj * (1 + gapMs[index]! / ownMs);
  });
  return withBounds({ rail, startMs, endMs, energyMj, gapMs, roundingMj });
}

/** Adds the lowest and the highest power that the records allow. */
export function withBounds(records: Omit<RailRecords, "lowestMw" | "highestMw">): RailRecords {
  const { startMs, endMs, energyMj, gapMs, roundingMj } = records;
  let lowestMw = Infinity;
  let highestMw = 0;
  energyMj.forEach((withGapMj, index) => {
    if (Number.isNaN(withGapMj)) return;
    const wholeMs = (endMs[index] ?? NaN) - (startMs[index] ?? NaN);
    const ownMs = wholeMs - gapMs[index]!;
    const mj = withGapMj * (ownMs / wholeMs);
    // Rounding makes no power negative that was not.
    lowestMw = Math.min(lowestMw, Math.max(mj - roundingMj, Math.min(mj, 0)) / ownMs * 1000);
    highestMw = Math.max(highestMw, (mj + roundingMj) / ownMs * 1000);
  });
  return { ...records, lowestMw, highestMw };
}

function measuredMj({ startMs, endMs, energyMj }: PowerSample, rail: Rail): number | null {
  const mj = energyMj[rail] ?? null;
  const name = `Cannot use the power sample from ${startMs} to ${endMs}`;
  if (!(endMs > startMs && Number.isFinite(endMs - startMs))) {
    throw new RangeError(`${name}: it must end after it starts`);
  }
  if (mj !== null && !Number.isFinite(mj)) {
    throw new RangeError(
      `${name}: its ${rail} energy is ${mj}; pass null for what is not measured`,
    );
  }
  return mj;
}

function joinedStart({ startMs, endMs }: PowerSample, previousEndMs: number | undefined): number {
  if (previousEndMs === undefined) return startMs;
  const gapMs = startMs - previousEndMs;
  const ownMs = endMs - startMs;
  if (gapMs < -SAME_MS - LARGEST_OVERLAP_SHARE * ownMs) {
    throw new RangeError(
      `Cannot use the power sample from ${startMs} to ${endMs}: ` +
        `the one before it ends at ${previousEndMs}; pass the samples of one source only`,
    );
  }
  return gapMs <= Math.max(SAME_MS, Math.min(LARGEST_GAP_MS, LARGEST_GAP_SHARE * ownMs))
    ? previousEndMs
    : startMs;
}

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

/** Whether record `index` was measured and touches the measured record before it. */
export function followsOn({ startMs, endMs, energyMj }: RailRecords, index: number): boolean {
  return endMs[index - 1] === startMs[index] && !Number.isNaN(energyMj[index - 1] ?? NaN) &&
    !Number.isNaN(energyMj[index] ?? NaN);
}

/** The mean power of a record, in mW; `NaN` where it was not measured. */
export function powerMw({ startMs, endMs, energyMj }: RailRecords, index: number): number {
  return (energyMj[index] ?? NaN) / ((endMs[index] ?? NaN) - (startMs[index] ?? NaN)) * 1000;
}

/** How far the energy of a record may be off: its rounding, and what was taken for its gap. */
export function unknownMj(records: RailRecords, index: number): number {
  const { startMs, endMs, gapMs, energyMj, roundingMj } = records;
  const recordMs = (endMs[index] ?? NaN) - (startMs[index] ?? NaN);
  return roundingMj + Math.abs(energyMj[index] ?? NaN) * (gapMs[index]! / recordMs);
}

/** How many measured records lie wholly inside a span. */
export function wholeRecords(records: RailRecords, startMs: number, endMs: number): number {
  let count = 0;
  for (let at = firstEndingAfter(records.endMs, startMs); at < records.endMs.length; at++) {
    if ((records.endMs[at] ?? Infinity) > endMs + SAME_MS) break;
    const isInside = (records.startMs[at] ?? -Infinity) >= startMs - SAME_MS;
    if (isInside && !Number.isNaN(records.energyMj[at] ?? NaN)) count++;
  }
  return count;
}

/** Whether measured records cover all of a span. */
export function isCovered(records: RailRecords, startMs: number, endMs: number): boolean {
  let reachedMs = startMs;
  for (let at = firstEndingAfter(records.endMs, startMs); at < records.endMs.length; at++) {
    if (reachedMs >= endMs - SAME_MS) return true;
    if ((records.startMs[at] ?? Infinity) > reachedMs + SAME_MS) return false;
    if (Number.isNaN(records.energyMj[at] ?? NaN)) return false;
    reachedMs = records.endMs[at] ?? reachedMs;
  }
  return reachedMs >= endMs - SAME_MS;
}
