import type { AlignableRecord } from "./align.ts";
import { narrow, type Tube } from "./tube.ts";

/** What the stamps are taken for: the start of the interval, its end, or nothing at all. */
export type Reading = "start" | "end" | "arrival";

/** Consecutive records that one reading explains. */
export interface Segment {
  reading: Reading;
  from: number;
  /** Index after the last record. */
  to: number;
  /** Whether a record was left that could not be reconciled. */
  broken: boolean;
  /** Boundaries `from` to `to`, relative to `baseMs`. */
  tube: Tube;
  baseMs: number;
  /** Time after each record that none covers, the same for all. */
  gapMs: number;
}

interface Range {
  from: number;
  to: number;
  intervalMs: number;
  /** What the first boundary cannot precede. */
  notBeforeMs: number;
}

const STAMP_STEP_MS = 1000;
// M1 records of 1 s fit 339 s to within a second: less than 4 ms a record (notes on powermetrics, 4.6).
const LARGEST_GAP_MS = 4;
const GAP_STEP_MS = 0.02;
const PROMPT_ONE_IN = 32;

/**
 * Explains as many records from `from` on as `reading` can; at least one.
 * Records are taken to follow each other without a gap, and only where that fits nothing, with one.
 */
export function fitReading(
  reading: Reading,
  records: readonly AlignableRecord[],
  arrivalsMs: readonly number[],
  range: Range,
): Segment {
  const bounds = boundsOf(reading, records, arrivalsMs, range);
  const whole = narrowed(bounds, 0);
  if (!whole.broken || reading === "arrival") return orShorter(whole);

  let first: number | null = null;
  let last = 0;
  // One tube for all tries: of an hour of records each takes half a megabyte.
  const scratch: Tube = { lowMs: bounds.lowMs.slice(), highMs: bounds.highMs.slice() };
  for (let gapMs = GAP_STEP_MS; gapMs <= LARGEST_GAP_MS; gapMs += GAP_STEP_MS) {
    scratch.lowMs.set(bounds.lowMs);
    scratch.highMs.set(bounds.highMs);
    const fits = narrow(scratch, bounds.stepsMs, gapMs) < 0;
    if (fits) last = gapMs;
    if (fits) first ??= gapMs;
    else if (first !== null) break;
  }
  if (first === null) return orShorter(whole);
  return { ...widen(narrowed(bounds, first), narrowed(bounds, last)), gapMs: (first + last) / 2 };

  function orShorter(segment: Segment): Segment {
    if (!segment.broken) return segment;
    // The boundary that failed is the end of one record and the start of the next: either may be wrong.
    for (const to of [segment.to + 1, segment.to]) {
      if (to <= range.from || to > range.to) continue;
      const shorter = narrowed(boundsOf(reading, records, arrivalsMs, { ...range, to }), 0);
      if (!shorter.broken) return { ...shorter, broken: true };
    }
    // A single record that contradicts itself: its arrival is what is left.
    const alone = { ...range, to: range.from + 1, notBeforeMs: -Infinity };
    return { ...narrowed(boundsOf("arrival", records, arrivalsMs, alone), 0), broken: true };
  }
}

/** What either of two segments over the same records allows. */
export function widen(a: Segment, b: Segment): Segment {
  if (b.broken || b.from !== a.from || b.to !== a.to) return a;
  const shift = b.baseMs - a.baseMs;
  return {
    ...a,
    tube: {
      lowMs: a.tube.lowMs.map((low, i) => Math.min(low, b.tube.lowMs[i]! + shift)),
      highMs: a.tube.highMs.map((high, i) => Math.max(high, b.tube.highMs[i]! + shift)),
    },
  };
}

/** What bounds the boundaries one by one, before the records' lengths tie them to each other. */
interface Bounds extends Tube {
  reading: Reading;
  range: Range;
  baseMs: number;
  stepsMs: Float64Array;
}

function boundsOf(
  reading: Reading,
  records: readonly AlignableRecord[],
  arrivalsMs: readonly number[],
  range: Range,
): Bounds {
  const { from, to, intervalMs, notBeforeMs } = range;
  const count = to - from;
  const baseMs = arrivalsMs[from] ?? records[from]!.timestampMs ?? 0;
  const stepsMs = new Float64Array(count);
  const lowMs = new Float64Array(count + 1).fill(-Infinity);
  const highMs = new Float64Array(count + 1).fill(Infinity);
  lowMs[0] = notBeforeMs - baseMs;

  let sinceStart = 0;
  let fastest = { boundary: 0, latenessMs: Infinity, arrivalMs: Infinity };
  for (let i = 0; i < count; i++) {
    const { elapsedNs, timestampMs, wallAheadMs = 0 } = records[from + i]!;
    const aheadBeforeMs = records[from + i - 1]?.wallAheadMs ?? wallAheadMs;
    stepsMs[i] = elapsedNs / 1e6;
    sinceStart += stepsMs[i]!;
    const arrivalMs = (arrivalsMs[from + i] ?? Infinity) - baseMs;
    highMs[i + 1] = Math.min(highMs[i + 1]!, arrivalMs);
    if (reading === "arrival") {
      const latenessMs = arrivalMs - sinceStart;
      if (latenessMs < fastest.latenessMs) fastest = { boundary: i + 1, latenessMs, arrivalMs };
      // Without stamps nothing bounds from below but this: of some records, the fastest was not a
      // whole interval late.
      if ((i + 1) % PROMPT_ONE_IN !== 0 && i + 1 < count) continue;
      lowMs[fastest.boundary] = Math.max(
        lowMs[fastest.boundary]!,
        fastest.arrivalMs === Infinity ? -Infinity : fastest.arrivalMs - intervalMs,
      );
      fastest.latenessMs = Infinity;
      continue;
    }
    if (timestampMs === null) continue;
    const stamped = reading === "start" ? i : i + 1;
    // The stamp is older than the arrival: where its clock was set in between, either may hold.
    const earliestMs = timestampMs - Math.max(wallAheadMs, aheadBeforeMs);
    const latestMs = timestampMs - Math.min(wallAheadMs, aheadBeforeMs) + STAMP_STEP_MS;
    lowMs[stamped] = Math.max(lowMs[stamped]!, earliestMs - baseMs);
    highMs[stamped] = Math.min(highMs[stamped]!, latestMs - baseMs);
  }
  return { reading, range, baseMs, stepsMs, lowMs, highMs };
}

function narrowed(
  { reading, range, baseMs, stepsMs, lowMs, highMs }: Bounds,
  gapMs: number,
): Segment {
  const tube = { lowMs: lowMs.slice(), highMs: highMs.slice() };
  const brokenAt = narrow(tube, stepsMs, gapMs);
  return {
    reading,
    from: range.from,
    to: brokenAt < 0 ? range.to : range.from + brokenAt,
    broken: brokenAt >= 0,
    tube,
    baseMs,
    gapMs,
  };
}
