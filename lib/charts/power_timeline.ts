/**
 * Power over time: what the run drew, rail upon rail, with its phases behind.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import type { Finding, PowerSample, ProfilingRun } from "../record.ts";
import { kindNote, sentences } from "./caption.ts";
import { Figure } from "./figure.ts";
import { measured } from "./power_steps.ts";
import type { TracePhase } from "./phase_spans.ts";
import { formatMj, formatMs, formatMw, NOT_MEASURED, phaseName } from "../quantities.ts";
import { checkedWidth } from "./width.ts";

/** What a power timeline shows of a run. */
export type PowerTimelineRun =
  & Pick<ProfilingRun, "trace" | "power" | "totals" | "findings">
  & Partial<Pick<ProfilingRun, "status">>;

/** How a power timeline is drawn. */
export interface PowerTimelineOptions {
  /** In px; 760 unless given. */
  width?: number;
  /** Zoom to this phase ("prefill", "model_load", …); the whole run unless given. */
  phase?: string;
  /** Which repetition of the phase; the first unless given. */
  repetition?: number;
  /** Instead of the usual title. */
  title?: string;
}

/** A stretch of time on the clock of the run. */
export interface TimeWindow {
  startMs: number;
  endMs: number;
}

/**
 * Draws the power of each rail over time, with phases, tokens, baseline and peak.
 *
 * @throws {InputError} If the run has no phase of the given name and repetition, or the width is no width.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { charts } from "@tokenwatt/tokenwatt";
 * import type { ProfilingRun } from "@tokenwatt/tokenwatt";
 *
 * async function draw(run: ProfilingRun): Promise<void> {
 *   await charts.powerTimeline(run, { phase: "decode" }).save("decode.svg");
 * }
 * assert(typeof draw === "function");
 * ```
 */
export function powerTimeline(run: PowerTimelineRun, options: PowerTimelineOptions = {}): Figure {
  const width = checkedWidth(options.width);
  const originMs = traceWindow(run).startMs;
  const window = options.phase === undefined
    ? traceWindow(run)
    : phaseWindow(run, options.phase, options.repetition);
  return new Figure({
    title: options.title ?? timelineTitle(run, options),
    subtitle: subtitle(run),
    caption: caption(run),
    alt: altText(run, window),
    width,
    draw: async () => {
      const { drawTimeline } = await import("./power_timeline_plot.ts");
      return drawTimeline(run, { width, originMs, ...window });
    },
  });
}

function traceWindow({ trace }: PowerTimelineRun): TimeWindow {
  let startMs = Infinity;
  let endMs = -Infinity;
  for (const span of [...trace.phases, ...trace.samples]) {
    startMs = Math.min(startMs, span.startMs);
    endMs = Math.max(endMs, span.endMs);
  }
  return endMs > startMs ? { startMs, endMs } : { startMs: 0, endMs: 1000 };
}

/** The phase with 4 % of air on both sides. */
function phaseWindow(run: PowerTimelineRun, name: string, repetition?: number): TimeWindow {
  const found = run.trace.phases.find((phase) =>
    phase.name === name && (repetition === undefined || phase.repetition === repetition)
  );
  if (found === undefined) {
    const which = repetition === undefined ? "" : ` in repetition ${repetition}`;
    const names = [...new Set(run.trace.phases.map((phase) => phase.name))].join(", ");
    throw new InputError(`Cannot zoom to the phase "${name}"${which}: the run has none`, {
      remedy: `choose one of: ${names || "(the run has no phases)"}`,
    });
  }
  const air = Math.max(1, (found.endMs - found.startMs) * 0.04);
  return { startMs: found.startMs - air, endMs: found.endMs + air };
}

function timelineTitle(run: PowerTimelineRun, { phase }: PowerTimelineOptions): string {
  const what = run.power.kind === "estimated" ? "Estimated power" : "Power";
  return phase === undefined ? `${what} over time` : `${what} during ${phaseName(phase)}`;
}

function subtitle({ power, totals }: PowerTimelineRun): string {
  const parts = [power.label];
  if (totals.meanMw !== null) parts.push(`mean ${formatMw(totals.meanMw)} while generating`);
  if (totals.energyMj !== null) parts.push(`${formatMj(totals.energyMj)} per repetition`);
  return parts.join(" · ");
}

function caption(run: PowerTimelineRun): string[] {
  const { power, trace, findings } = run;
  const cadence = cadenceMs(trace.samples);
  const records = cadence === null
    ? "No power records."
    : `Each step is the mean over one power record, about every ${formatMs(cadence)} ` +
      `(${formatMs(power.intervalMs)} asked); where there is no step, nothing was recorded.`;
  const bound = power.boundMs === null
    ? "Clock alignment not known."
    : power.boundMs === 0
    ? "Records and tokens are on one clock."
    : `Clocks aligned within ± ${formatMs(power.boundMs)}.`;
  const stopped = run.status === "interrupted" || run.status === "failed"
    ? [`The run was ${run.status}: this is what was kept.`]
    : [];
  const beside = power.rails.some((rail) =>
    !power.totalRails.includes(rail) && trace.samples.some((sample) => measured(sample).has(rail))
  );
  const lines = beside ? ["Lines are rails that are not a part of the total."] : [];
  return [...kindNote(power), ...stopped, records, ...lines, bound, ...serious(findings)];
}

/** The findings that a reader must know, at most three; that it is an estimate was said before. */
function serious(findings: readonly Finding[]): string[] {
  const shown = findings.filter(({ severity, kind }) =>
    severity !== "info" && kind !== "estimated"
  );
  return sentences(shown.map(({ message }) => message));
}

/** Median length of the records. */
function cadenceMs(samples: readonly PowerSample[]): number | null {
  const lengths = samples.map(({ startMs, endMs }) => endMs - startMs).sort((a, b) => a - b);
  return lengths[Math.floor(lengths.length / 2)] ?? null;
}

function altText(run: PowerTimelineRun, window: TimeWindow): string {
  const { power, totals, trace } = run;
  const shown = trace.phases.filter(({ startMs, endMs }) =>
    endMs > window.startMs && startMs < window.endMs
  );
  const first = shown.find(({ repetition }) => repetition !== null)?.repetition ?? null;
  const phases = shown.filter(({ repetition }) => repetition === null || repetition === first).map((
    phase,
  ) => `${phaseName(phase.name)} ${spanText(phase)}`);
  const absent = power.rails.filter((rail) =>
    !trace.samples.some((sample) => measured(sample).has(rail))
  );
  return [
    `${timelineTitle(run, {})}: ${power.label}, ${formatMs(window.endMs - window.startMs)}`,
    `mean ${formatMw(totals.meanMw)}, peak ${formatMw(totals.peakMw)}, ` +
    `baseline ${formatMw(totals.baselineMw)}`,
    ...phases,
    ...absent.map((rail) => `${rail} ${NOT_MEASURED}`),
    ...kindNote(power),
  ].join("; ");
}

function spanText({ startMs, endMs, energyMj }: TracePhase): string {
  return `${formatMs(endMs - startMs)}, ${formatMj(energyMj)}`;
}
