import type { Finding, PowerSample } from "../record.ts";
import { breakFinding, gapFinding } from "./align_findings.ts";
import { fitReading, type Reading, type Segment, widen } from "./readings.ts";
import type { PowerRecord } from "./source.ts";

/** What `alignRecords` needs of a record; those of `parsePowermetrics` fit. */
export type AlignableRecord = Pick<
  PowerRecord,
  "elapsedNs" | "timestampMs" | "wallAheadMs" | "energyMj" | "startMs" | "endMs"
>;

/** What else is known about the records. */
export interface AlignOptions {
  /** Time before which the source was not running, in epoch ms. */
  spawnMs?: number;
  /** The cadence asked for, in ms; the records' median length unless stated. */
  intervalMs?: number;
  /** Indexes of records before which others are known to be lost. */
  lostBefore?: readonly number[];
}

/** Records, dated on our own clock. */
export interface Alignment {
  /** One for each record, in mJ and epoch ms. */
  samples: PowerSample[];
  /** Start of the first record, in epoch ms; NaN without records. */
  offsetMs: number;
  /** How much slower the source's clock runs than ours, in millionths: of the path taken. */
  ratePpm: number;
  /** What the source's time stamps mark, or what was used in their place. */
  convention: Reading | "exact";
  /** Half-width of what is not known about a boundary, at its widest; Infinity where nothing is. */
  boundMs: number;
  /** Clock steps, sleep, gaps. */
  findings: Finding[];
}

// A reading that breaks this early beside the other one is wrong, not interrupted.
const MUCH_EARLIER = 0.5;
const SHORT_SEGMENT = 8;
// Read as ends, stamps of starts need a latency of one interval; less than half of it is no evidence.
const NOT_LATE = 0.5;

/**
 * Dates the records of a source on our clock, from what bounds their ends: the arrivals from above,
 * the time stamps (whole seconds, of the start or of the end of the interval) from both sides, and
 * the lengths that tie the records to each other. Times in epoch ms, energies in mJ.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { alignRecords } from "@tokenwatt/tokenwatt";
 *
 * const record = { elapsedNs: 100e6, timestampMs: null, energyMj: { cpu: 250 } };
 * const { samples, boundMs } = alignRecords([record, record], [5100, 5203]);
 * assert(samples.length === 2 && boundMs < 51);
 * ```
 */
export function alignRecords(
  records: readonly AlignableRecord[],
  arrivalsMs: readonly number[],
  options: AlignOptions = {},
): Alignment {
  if (records.length === 0) {
    return {
      samples: [],
      offsetMs: NaN,
      ratePpm: NaN,
      convention: "arrival",
      boundMs: Infinity,
      findings: [],
    };
  }
  return alignExact(records) ?? alignSegments(records, arrivalsMs, options);
}

function alignExact(records: readonly AlignableRecord[]): Alignment | null {
  const samples: PowerSample[] = [];
  for (const { startMs, endMs, energyMj } of records) {
    if (startMs === undefined || endMs === undefined) return null;
    samples.push({ startMs, endMs, energyMj });
  }
  const offsetMs = samples[0]!.startMs;
  return { samples, offsetMs, ratePpm: 0, convention: "exact", boundMs: 0, findings: [] };
}

function alignSegments(
  records: readonly AlignableRecord[],
  arrivalsMs: readonly number[],
  options: AlignOptions,
): Alignment {
  const intervalMs = options.intervalMs ?? medianMs(records);
  const convention = chooseReading(records, arrivalsMs, options, intervalMs);
  const samples: PowerSample[] = [];
  const findings: Finding[] = [];
  const lost = new Set(options.lostBefore);
  let reading: Reading = convention;
  let boundMs = 0;
  let durationMs = 0;
  let elapsedMs = 0;

  for (let from = 0; from < records.length;) {
    const isFirst = from === 0;
    const fit = (reading: Reading) =>
      fitReading(reading, records, arrivalsMs, {
        from,
        to: nextLoss(lost, from, records.length),
        intervalMs,
        notBeforeMs: isFirst ? options.spawnMs ?? -Infinity : samples.at(-1)!.endMs,
      });
    let segment = fit(reading);
    // Stamps that do not even agree with a few records are those of a clock that was set.
    if (!isFirst && segment.broken && segment.to - from < SHORT_SEGMENT) {
      segment = fit(reading = "arrival");
    }
    if (isFirst) segment = widenIfUnsure(segment, fit, arrivalsMs, intervalMs);

    const before = samples.at(-1);
    pushSamples(samples, records, segment);
    if (before !== undefined && !lost.has(from)) {
      findings.push(breakFinding(before, samples[from]!, reading));
    }
    if (segment.gapMs > 0) findings.push(gapFinding(segment, samples));
    boundMs = Math.max(boundMs, halfWidth(segment));
    durationMs += centre(segment, segment.to - from) - centre(segment, 0) -
      segment.gapMs * (segment.to - from);
    for (let i = from; i < segment.to; i++) elapsedMs += records[i]!.elapsedNs / 1e6;
    from = segment.to;
  }
  return {
    samples,
    offsetMs: samples[0]!.startMs,
    ratePpm: (durationMs / elapsedMs - 1) * 1e6,
    convention,
    boundMs,
    findings,
  };
}

/**
 * Which end of the interval the stamps mark is not documented. Read as starts they put every record
 * one interval later: where the arrivals allow that it is so, as powermetrics is not late by a whole
 * interval. The other way round the error would show in nothing.
 */
function chooseReading(
  records: readonly AlignableRecord[],
  arrivalsMs: readonly number[],
  options: AlignOptions,
  intervalMs: number,
): Reading {
  if (records.every(({ timestampMs }) => timestampMs === null)) return "arrival";
  const reach = (reading: Reading) =>
    fitReading(reading, records, arrivalsMs, {
      from: 0,
      to: nextLoss(new Set(options.lostBefore), 0, records.length),
      intervalMs,
      notBeforeMs: options.spawnMs ?? -Infinity,
    });
  const start = reach("start");
  if (!start.broken) return "start";
  const end = reach("end");
  if (!end.broken) return "end";
  return start.to < MUCH_EARLIER * end.to ? "end" : "start";
}

/**
 * Both readings stay possible where the records are too few to tell (read as ends, they would not be
 * late either), and where even read as starts the fastest record came a whole interval late.
 */
function widenIfUnsure(
  segment: Segment,
  fit: (reading: Reading) => Segment,
  arrivalsMs: readonly number[],
  intervalMs: number,
): Segment {
  if (segment.reading !== "start") return segment;
  const asEnds = fit("end");
  const isUnsure = leastLatencyMs(asEnds, arrivalsMs) < NOT_LATE * intervalMs ||
    leastLatencyMs(segment, arrivalsMs) > intervalMs;
  return isUnsure ? widen(segment, asEnds) : segment;
}

/** How late the fastest record must have been, if the tube is right. */
function leastLatencyMs(
  { tube, baseMs, from, to }: Segment,
  arrivalsMs: readonly number[],
): number {
  let leastMs = Infinity;
  for (let i = from; i < to; i++) {
    const arrivalMs = arrivalsMs[i] ?? Infinity;
    leastMs = Math.min(leastMs, arrivalMs - tube.highMs[i + 1 - from]! - baseMs);
  }
  return leastMs;
}

function pushSamples(
  samples: PowerSample[],
  records: readonly AlignableRecord[],
  segment: Segment,
): void {
  for (let i = segment.from; i < segment.to; i++) {
    const { elapsedNs, energyMj } = records[i]!;
    const boundaryMs = centre(segment, i - segment.from);
    const endMs = centre(segment, i + 1 - segment.from);
    const startMs = segment.gapMs > 0 ? endMs - elapsedNs / 1e6 : boundaryMs;
    samples.push({ startMs, endMs, energyMj });
  }
}

function centre({ tube, baseMs }: Segment, boundary: number): number {
  const low = tube.lowMs[boundary]!;
  const high = tube.highMs[boundary]!;
  if (low === -Infinity) return high === Infinity ? NaN : high + baseMs;
  return (high === Infinity ? low : (low + high) / 2) + baseMs;
}

function halfWidth({ tube: { lowMs, highMs } }: Segment): number {
  return lowMs.reduce((widest, low, i) => Math.max(widest, (highMs[i]! - low) / 2), 0);
}

function nextLoss(lost: ReadonlySet<number>, from: number, count: number): number {
  for (let i = from + 1; i < count; i++) if (lost.has(i)) return i;
  return count;
}

function medianMs(records: readonly AlignableRecord[]): number {
  const lengths = records.map(({ elapsedNs }) => elapsedNs / 1e6).sort((a, b) => a - b);
  return lengths[lengths.length >> 1]!;
}
