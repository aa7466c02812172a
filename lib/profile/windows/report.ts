import { energyOver } from "../../energy/mod.ts";
import type { RederivedPower } from "../../power/mod.ts";
import type { Finding, ProfilingRun, RunHeader, RunTotals, SourceInfo } from "../../record.ts";
import type { Window } from "../baseline.ts";
import { estimated } from "../findings.ts";
import type { LatchByRail } from "../latch.ts";
import { attributionOf, peakMw, powerEvidence } from "../power_evidence.ts";
import { type MeasuredWindow, measuredWindow, type WindowSpan } from "./measured_window.ts";

/** What was measured beside any code: a run without a model, which charts and the store take. */
export interface PowerReport extends ProfilingRun {
  /** In the order in which they began. */
  windows: MeasuredWindow[];
}

/** All that windows leave behind. */
export interface WindowRemains {
  runId: string;
  header: RunHeader;
  status: "running" | "complete" | "interrupted";
  windows: readonly WindowSpan[];
  /** Idle time before all of them, and after. */
  before: Window | null;
  after: Window | null;
  info: SourceInfo;
  latchMs: LatchByRail;
  power: RederivedPower;
  /** What was found otherwise than from the records. */
  observed: readonly Finding[];
}

/** So many windows a verdict tells of. */
const TOLD = 5;

/** Reads all windows. Pure. */
export function reportOf(remains: WindowRemains): PowerReport {
  const { header, info, before, after } = remains;
  const power = powerEvidence(remains.power, info, remains.latchMs, { before, after });
  const { samples, boundMs, baseline } = power;
  const attribution = attributionOf(power);
  const { totalRails } = attribution;
  const findings = [...estimated(power), ...remains.power.findings, ...remains.observed];
  const spans = remains.windows.toSorted((a, b) => a.startMs - b.startMs);
  const { intervalMs } = header.power;
  const windows = spans.map((span) =>
    measuredWindow(span, { samples, info, totalRails, intervalMs, attribution, findings })
  );
  const stretches = united(spans);
  const busy = stretches.map(({ startMs, endMs }) => ({
    durationMs: endMs - startMs,
    mj: energyOver(samples, startMs, endMs, attribution).mj,
  }));
  const durationMs = busy.reduce((sum, one) => sum + one.durationMs, 0);
  const energyMj = busy.length === 0
    ? null
    : busy.reduce<number | null>((sum, { mj }) => sum === null || mj === null ? null : sum + mj, 0);
  const idle = [before, after].filter((window) => window !== null).map((window) => ({
    name: "baseline",
    repetition: null,
    ...window,
    energyMj: energyOver(samples, window.startMs, window.endMs, attribution).mj,
  }));
  const named = windows.map(({ label, startMs, endMs, energy }) => ({
    name: label,
    repetition: null,
    startMs,
    endMs,
    energyMj: energy.mj,
  }));
  return {
    runId: remains.runId,
    status: remains.status,
    model: header.model,
    prompt: header.prompt,
    response: "",
    runtime: null,
    power: { ...header.power, totalRails, boundMs },
    findings: [
      ...findings,
      ...windows.flatMap((window) => window.findings.filter(({ kind }) => kind === "too-short")),
    ],
    verdict: verdictOf(windows),
    measured: { repetitions: 0, durationMs, energyMj },
    phases: [],
    sections: [],
    tokens: [],
    groups: [],
    totals: {
      ...NO_ANSWER,
      baselineMw: baseline.idleMw,
      peakMw: peakMw(power, stretches, totalRails),
    },
    latency: null,
    inside: null,
    trace: {
      samples,
      phases: [...idle.slice(0, 1), ...named, ...idle.slice(1)],
      tokens: [],
    },
    windows,
  };
}

/** The figures of an answer that nobody asked for. */
const NO_ANSWER: RunTotals = {
  durationMs: 0,
  energyMj: null,
  lowMj: null,
  highMj: null,
  baselineMw: null,
  peakMw: null,
  meanMw: null,
  promptTokens: 0,
  generatedTokens: 0,
  decodedTokens: 0,
  ttftMs: null,
  tokensPerSecond: null,
  joulesPerToken: null,
  joulesPerPromptToken: null,
  prefillMj: null,
  decodeMj: null,
  loadMj: null,
};

function verdictOf(windows: readonly MeasuredWindow[]): string {
  if (windows.length === 0) return "Nothing can be concluded: no window was measured.";
  const more = windows.length - TOLD;
  return [
    ...windows.slice(0, TOLD).map(({ verdict }) => verdict),
    ...(more > 0 ? [`And ${more} more.`] : []),
  ].join(" ");
}

/** Windows may lie inside of each other: time counts once. */
function united(spans: readonly WindowSpan[]): Window[] {
  const stretches: Window[] = [];
  for (const { startMs, endMs } of spans) {
    const last = stretches.at(-1);
    if (last && startMs <= last.endMs) last.endMs = Math.max(last.endMs, endMs);
    else stretches.push({ startMs, endMs });
  }
  return stretches;
}
