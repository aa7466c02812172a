import { energyOver, RESOLVING_RECORDS } from "../../energy/mod.ts";
import { formatInterval, formatMj, formatMs, railName } from "../../quantities.ts";
import type { Energy, Finding, Interval, PowerSample, Rail, SourceInfo } from "../../record.ts";

/** A stretch of time that something ran in. Plain data. */
export interface WindowSpan {
  label: string;
  startMs: number;
  endMs: number;
  calls: number;
  interrupted: boolean;
}

/** What ran in one window, and what it cost. */
export interface MeasuredWindow {
  /** As it was named. */
  label: string;
  /** Start, on the clock of `nowMs()`. */
  startMs: number;
  /** End. */
  endMs: number;
  /** From start to end. */
  durationMs: number;
  /** How often the same was done in it. */
  calls: number;
  /** Whether it was stopped before it was done. */
  interrupted: boolean;
  /** Of all calls together, everything that the machine did included; `net` is above idle. */
  energy: Energy;
  /** Of one call; its interval is that of the mean, not of a single call. */
  perCall: Interval;
  /** Mean power, in mW; `null` where the energy is not known. */
  meanMw: number | null;
  /** How many whole power records lie inside. */
  records: number;
  /** What a reader of these numbers must know. */
  findings: Finding[];
  /** One line: what was measured, how sure that is, and what to do where it is not known. */
  verdict: string;
}

/** How windows are read. */
export interface WindowReading {
  samples: readonly PowerSample[];
  info: SourceInfo;
  totalRails: readonly Rail[];
  intervalMs: number;
  /** What is not known about clocks, counters and idle power. */
  attribution: Parameters<typeof energyOver>[3];
  /** What was found about the records and the machine, at any time. */
  findings: readonly Finding[];
}

/** Reads one window. Pure, so that a stored one is read the same way again. */
export function measuredWindow(span: WindowSpan, reading: WindowReading): MeasuredWindow {
  const { startMs, endMs, calls } = span;
  const durationMs = endMs - startMs;
  const energy = energyOver(reading.samples, startMs, endMs, reading.attribution);
  const inside = reading.samples.filter((sample) =>
    sample.startMs >= startMs && sample.endMs <= endMs
  );
  const window = {
    ...span,
    durationMs,
    energy,
    perCall: divided(energy, calls),
    meanMw: energy.mj === null || durationMs <= 0 ? null : energy.mj / durationMs * 1000,
    records: inside.length,
  };
  const findings = [
    ...tooShort(window, reading),
    ...reading.findings.filter((finding) => touches(finding, span)),
  ];
  return { ...window, findings, verdict: verdictOf(window, reading) };
}

function divided({ mj, lowMj, highMj }: Interval, by: number): Interval {
  const part = (value: number | null) => value === null ? null : value / by;
  return { mj: part(mj), lowMj: part(lowMj), highMj: part(highMj) };
}

/** A finding without a time is about all of them. */
function touches({ startMs = -Infinity, endMs = startMs }: Finding, window: WindowSpan): boolean {
  return (startMs < window.endMs && endMs > window.startMs) || startMs === -Infinity;
}

type Unjudged = Omit<MeasuredWindow, "findings" | "verdict">;

function tooShort(window: Unjudged, { intervalMs }: WindowReading): Finding[] {
  const { label, durationMs, records, startMs, endMs } = window;
  if (records >= RESOLVING_RECORDS) return [];
  return [{
    kind: "too-short",
    severity: "warning",
    startMs,
    endMs,
    value: records,
    unit: "records",
    message: `"${label}" took ${formatMs(durationMs)} and holds ${records} whole power ` +
      `${
        records === 1 ? "record" : "records"
      } of ${intervalMs} ms; it takes ${RESOLVING_RECORDS} ` +
      "to know its energy",
    remedy: `repeat it: measure(label, code, { minSeconds: ${secondsFor(intervalMs)} })`,
  }];
}

/** Long enough for ten records, with which the edges weigh little. */
function secondsFor(intervalMs: number): number {
  return intervalMs * 12 / 1000;
}

function verdictOf(window: Unjudged, { info, totalRails, intervalMs }: WindowReading): string {
  const { label, energy, durationMs, calls, perCall, records, interrupted } = window;
  const rails = totalRails.map(railName).join("+");
  const stopped = interrupted ? "stopped, " : "";
  const about = `${label}: ${stopped}${formatMs(durationMs)}`;
  if (energy.mj === null) return `${about}; no energy is known, as no power record covers it.`;
  const each = calls === 1 ? "" : `; ${formatInterval(perCall)} for each of ${calls} calls`;
  const kind = { measured: "", estimated: ", an estimate", simulated: ", simulated" }[info.kind];
  const net = energy.net?.mj ?? null;
  // Before what one call takes: it is of all of them.
  const above = net === null ? "" : `, ${formatMj(net)} of it above idle`;
  const claim = `${about}, ${formatInterval(energy)} ${rails}${kind}${above}${each}`;
  if (energy.resolved || energy.method === "estimated") return `${claim}.`;
  return records < RESOLVING_RECORDS
    ? `${claim}; too short to be resolved: repeat it for ${secondsFor(intervalMs)} s.`
    : `${claim}; not resolved: needs a longer time, or a steadier machine.`;
}
