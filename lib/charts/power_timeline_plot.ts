/**
 * The picture of the power timeline. Loaded when one is drawn, as Plot is.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { type Rail, RAILS } from "../record.ts";
import type { Drawing } from "./figure.ts";
import { placeLabels } from "./labels.ts";
import { phaseShades, phaseWishes, type TimeScale } from "./phase_spans.ts";
import { plotContent } from "./plot_content.ts";
import { type PowerStep, powerStretches, railOutline, totalMw } from "./power_steps.ts";
import type { PowerTimelineRun, TimeWindow } from "./power_timeline.ts";
import {
  baselineNote,
  FINDING_ROW_PX,
  findingMarks,
  gapNotes,
  LABEL_ROW_PX,
  labelTexts,
  peakNote,
  railKey,
  timedFindings,
  tokenTicks,
} from "./power_timeline_notes.ts";
import { formatMw, phaseName, railName, threeDigits } from "../quantities.ts";
import { visibleText } from "../safe_text.ts";
import { color, railColor } from "./theme.ts";

/** How the drawing maps to px. */
export interface TimelineLayout extends TimeScale {
  right: number;
  /** Where the names of the phases end. */
  labelsBottom: number;
  top: number;
  bottom: number;
  topMw: number;
}

const KEY_PX = 28;
const FRAME_PX = 210;
const MARGIN = { left: 46, right: 70, bottom: 32 };
const LABEL_SIZE = 11;

/** Draws a window of the run; the time axis counts from `originMs`. */
export function drawTimeline(
  run: PowerTimelineRun,
  view: TimeWindow & { width: number; originMs: number },
): Drawing {
  const { width, originMs, startMs, endMs } = view;
  const [left, right] = [MARGIN.left, width - MARGIN.right];
  const time: TimeScale = { startMs, endMs, left, pxPerMs: (right - left) / (endMs - startMs) };
  const inView = run.trace.phases.filter((phase) => phase.endMs > startMs && phase.startMs < endMs);
  const labels = placeLabels(phaseWishes(inView, time, LABEL_SIZE), {
    left: 0,
    right: width,
    size: LABEL_SIZE,
  });
  const rows = Math.max(0, ...labels.map((label) => label.row + 1));
  const labelsBottom = KEY_PX + rows * LABEL_ROW_PX;
  const findings = timedFindings(run.findings, view);
  const top = labelsBottom + 6 + (findings.length > 0 ? FINDING_ROW_PX : 0);
  const height = top + FRAME_PX + MARGIN.bottom;

  // Finer than one px cannot be seen, and a path of 100,000 corners cannot be loaded.
  const window = { startMs, endMs, minStepMs: 1 / time.pxPerMs };
  const stretches = powerStretches(run.trace.samples, window);
  const steps = stretches.flatMap((stretch) => stretch.steps);
  const seen = RAILS.filter((rail) => steps.some((step) => step.powerMw.has(rail)));
  const stacked = seen.filter((rail) => run.power.totalRails.includes(rail));
  const beside = seen.filter((rail) => !stacked.includes(rail));
  const topMw = 1.14 *
    Math.max(
      1,
      run.totals.baselineMw ?? 0,
      ...steps.map((step) => heightMw(step, stacked, beside)),
    );
  const layout: TimelineLayout = {
    ...time,
    right,
    labelsBottom,
    top,
    bottom: height - MARGIN.bottom,
    topMw,
  };

  const [unit, perUnit] = topMw < 1000 ? ["mW", 1] as const : ["W", 1e3] as const;
  const seconds = (ms: number) => (Math.max(startMs, Math.min(ms, endMs)) - originMs) / 1e3;
  const content = plotContent({
    width,
    height,
    marginLeft: left,
    marginRight: MARGIN.right,
    marginTop: top,
    marginBottom: MARGIN.bottom,
    x: { domain: [seconds(startMs), seconds(endMs)] },
    y: { domain: [0, topMw / perUnit] },
    marks: [
      Plot.rect(phaseShades(inView, time), {
        x1: (d) => seconds(d.startMs),
        x2: (d) => seconds(d.endMs),
        y1: 0,
        y2: topMw / perUnit,
        fill: (d) => color(`phase-${d.shade as "other"}`),
        // A hairline of page between phases that have the same shade.
        insetRight: 0.5,
      }),
      Plot.gridY({ stroke: color("grid"), strokeOpacity: 1, ticks: 4 }),
      ...stacked.map((rail, index) =>
        Plot.areaY(railOutline(stretches, rail, stacked.slice(0, index)), {
          x: (d) => seconds(d.ms),
          y1: (d) => d.lowMw / perUnit,
          y2: (d) => d.highMw / perUnit,
          fill: railColor(rail),
        })
      ),
      ...beside.map((rail) =>
        Plot.lineY(railOutline(stretches, rail, []), {
          x: (d) => seconds(d.ms),
          y: (d) => d.highMw / perUnit,
          stroke: railColor(rail),
          strokeWidth: 1.5,
        })
      ),
      Plot.ruleY([0], { stroke: color("faint") }),
      Plot.rect(steps, {
        x1: (d) => seconds(d.startMs),
        x2: (d) => seconds(d.endMs),
        y1: 0,
        y2: topMw / perUnit,
        fill: "none",
        pointerEvents: "all",
        title: (d) => tooltip(d, stacked, seen, run, originMs),
      }),
      Plot.axisX({
        color: color("muted"),
        tickSize: 0,
        tickPadding: 10,
        ticks: Math.round(width / 95),
        tickFormat: (d) => `${tick(d)} s`,
        label: null,
      }),
      Plot.axisY({
        color: color("muted"),
        tickSize: 0,
        tickPadding: 8,
        ticks: 4,
        tickFormat: (d) => `${tick(d)} ${unit}`,
        label: null,
      }),
    ],
  });
  const notes = [
    railKey(run, view, width, KEY_PX),
    labelTexts(labels, layout, LABEL_SIZE),
    gapNotes(stretches, layout),
    findingMarks(findings, layout),
    tokenTicks(run.trace.tokens, layout),
    baselineNote(run.totals.baselineMw, layout),
    peakNote(run, layout, stacked),
  ];
  return { svg: content + notes.join(""), height };
}

/** Plain numbers, as d3's own format differs between scales. */
function tick(value: number): string {
  return String(Number(value.toPrecision(6))).replace("-", "−");
}

function heightMw(step: PowerStep, stacked: readonly Rail[], beside: readonly Rail[]): number {
  const stack = stacked.reduce((sum, rail) => sum + (step.powerMw.get(rail) ?? 0), 0);
  return Math.max(stack, ...beside.map((rail) => step.powerMw.get(rail) ?? 0));
}

function tooltip(
  step: PowerStep,
  stacked: readonly Rail[],
  seen: readonly Rail[],
  run: PowerTimelineRun,
  originMs: number,
): string {
  const at = (ms: number) => threeDigits((ms - originMs) / 1e3);
  const middleMs = (step.startMs + step.endMs) / 2;
  const phase = run.trace.phases.find((p) => p.startMs <= middleMs && middleMs < p.endMs);
  const repetition = phase?.repetition ?? null;
  return visibleText([
    `${at(step.startMs)}–${at(step.endMs)} s${phase ? ` · ${phaseName(phase.name)}` : ""}` +
    (repetition === null ? "" : `, repetition ${repetition}`),
    `${run.power.label}: ${formatMw(totalMw(step, stacked))}`,
    ...seen.map((rail) => `${railName(rail)}: ${formatMw(step.powerMw.get(rail) ?? null)}`),
    ...(step.records > 1 ? [`mean of ${step.records} records`] : []),
  ].join("\n"));
}
