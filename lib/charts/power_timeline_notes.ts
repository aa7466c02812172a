/**
 * What is written on and around the power timeline, placed in px.
 *
 * @module
 */
import { type Finding, type Rail, RAILS, type RunTrace } from "../record.ts";
import { firstFree } from "./free_places.ts";
import { type PlacedLabel, textWidth } from "./labels.ts";
import { meanPower, powerStretches, type Stretch, totalMw } from "./power_steps.ts";
import type { PowerTimelineRun, TimeWindow } from "./power_timeline.ts";
import type { TimelineLayout } from "./power_timeline_plot.ts";
import { formatMw, NOT_MEASURED, railName } from "../quantities.ts";
import { escapeHtml } from "../safe_text.ts";
import { leastBy, mostBy } from "../sample.ts";
import { px, svgText } from "./svg_text.ts";
import { color, railColor } from "./theme.ts";

/** Height of a row of phase labels: two lines and some air. */
export const LABEL_ROW_PX = 34;

const SIZE = 11;

/** Token ticks closer than this would be a grey bar. */
const MIN_TICK_PX = 3;

function xOf(ms: number, layout: TimelineLayout): number {
  return layout.left + (ms - layout.startMs) * layout.pxPerMs;
}

function yOf(mw: number, layout: TimelineLayout): number {
  return layout.bottom - (mw / layout.topMw) * (layout.bottom - layout.top);
}

/** The rails in the order of the stack, each with its mean power over what was measured; what is absent says so. */
export function railKey(
  run: PowerTimelineRun,
  view: TimeWindow,
  width: number,
  heightPx: number,
): string {
  const window = measuredPart(run.trace, view);
  let x = 0;
  const parts: string[] = [];
  for (const rail of RAILS.filter((rail) => run.power.rails.includes(rail))) {
    const meanMw = meanPower(run.trace.samples, window, rail);
    const part = run.power.totalRails.includes(rail);
    const value = meanMw === null ? NOT_MEASURED : formatMw(meanMw);
    const entryWidth = 15 + textWidth(`${railName(rail)} ${value}`, 12) + 18;
    if (x + entryWidth > width + 18) break;
    parts.push(
      meanMw === null
        ? `<rect x="${px(x + 0.5)}" y="2.5" width="9" height="9" rx="2" fill="none" stroke="${
          color("muted")
        }" stroke-dasharray="2 2"/>`
        : `<rect x="${px(x)}" y="${part ? 2 : 6}" width="10" height="${part ? 10 : 2}" rx="${
          part ? 2 : 1
        }" fill="${railColor(rail)}"/>`,
      `<text x="${px(x + 15)}" y="${heightPx - 17}" font-size="12" fill="${color("ink")}">${
        railName(rail)
      }<tspan dx="5" fill="${color("muted")}">${value}</tspan></text>`,
    );
    x += entryWidth;
  }
  return parts.join("");
}

/** From the first to the last measured repetition, as far as it is in view; else the view. */
function measuredPart(trace: RunTrace, view: TimeWindow): TimeWindow {
  const measured = trace.phases.filter((phase) => phase.repetition !== null);
  const startMs = Math.max(view.startMs, leastBy(measured, (phase) => phase.startMs));
  const endMs = Math.min(view.endMs, mostBy(measured, (phase) => phase.endMs));
  return endMs > startMs ? { startMs, endMs } : view;
}

/** The names and numbers of the phases, those in the upper row with a leader. */
export function labelTexts(
  labels: readonly PlacedLabel[],
  layout: TimelineLayout,
  size: number,
): string {
  return labels.map(({ lines: [name, numbers], x, row, left, right }) => {
    const y = layout.labelsBottom - (row + 1) * LABEL_ROW_PX + 14;
    const centre = (left + right) / 2;
    const leader = row === 0
      ? ""
      : `<path d="M${px(centre)},${px(y + 20)}V${px(layout.top)}" fill="none" stroke="${
        color("faint")
      }"/>`;
    return leader + svgText(x, y, name, { fill: "ink", weight: 600, size }) +
      svgText(x, y + 14, numbers, { size });
  }).join("");
}

/** Says so where nothing was recorded for long enough to be seen. */
export function gapNotes(stretches: readonly Stretch[], layout: TimelineLayout): string {
  return stretches.slice(1).map((stretch, index) => {
    const before = stretches[index] ?? stretch;
    const [from, to] = [xOf(before.endMs, layout), xOf(stretch.startMs, layout)];
    if (to - from < textWidth("no records", SIZE) + 6) return "";
    return svgText((from + to) / 2, (layout.top + layout.bottom) / 2, "no records", {
      anchor: "middle",
    });
  }).join("");
}

/** Height of the row that names findings. */
export const FINDING_ROW_PX = 16;

/** Findings that have a time within a window. */
export function timedFindings(
  findings: readonly Finding[],
  { startMs: fromMs, endMs: toMs }: TimeWindow,
): (Finding & TimeWindow)[] {
  return findings.flatMap((finding) => {
    const { startMs, endMs = startMs } = finding;
    if (startMs === undefined || endMs === undefined) return [];
    return endMs < fromMs || startMs > toMs ? [] : [{ ...finding, startMs, endMs }];
  });
}

/** When they were, as lines along the top of the frame, named where there is room. */
export function findingMarks(
  findings: readonly (Finding & TimeWindow)[],
  layout: TimelineLayout,
): string {
  const marks = findings.map((finding) => {
    const from = Math.max(layout.left, xOf(finding.startMs, layout));
    const to = Math.min(layout.right, Math.max(from + 3, xOf(finding.endMs, layout)));
    return { ...finding, from, to, name: finding.kind.replaceAll("-", " ") };
  });
  const lines = marks.map(({ from, to, message, severity }) =>
    `<rect x="${px(from)}" y="${px(layout.top - 3)}" width="${px(to - from)}" height="3" fill="${
      color(severity === "info" ? "muted" : "warning")
    }"><title>${escapeHtml(message)}</title></rect>`
  );
  const [top, bottom] = [layout.top - 17, layout.top - 4];
  const names = firstFree(
    marks.map(({ from, to, name, severity }) => {
      const wide = textWidth(name, SIZE);
      return [from, to - wide].map((left) => ({
        name,
        severity,
        left,
        covers: [{ left: left - 4, right: left + wide + 4, top, bottom }],
      }));
    }),
    { left: layout.left - 4, right: layout.right + 4, top, bottom },
  ).map((place) =>
    place === null ? "" : svgText(place.left, layout.top - 7, place.name, {
      fill: place.severity === "info" ? "muted" : "warning",
      weight: 600,
      halo: true,
    })
  );
  return lines.join("") + names.join("");
}

/** Where tokens begin and end, under the frame, if there is room between them. */
export function tokenTicks(tokens: RunTrace["tokens"], layout: TimelineLayout): string {
  const inView = tokens.filter((t) => t.endMs >= layout.startMs && t.endMs <= layout.endMs);
  if (inView.length === 0) return "";
  const lengths = inView.map((t) => (t.endMs - t.startMs) * layout.pxPerMs).sort((a, b) => a - b);
  if ((lengths[Math.floor(lengths.length / 2)] ?? 0) < MIN_TICK_PX) return "";
  const path = inView.map((token) => `M${px(xOf(token.endMs, layout))},${layout.bottom + 2}v5`);
  return `<path d="${path.join("")}" fill="none" stroke="${color("muted")}"/>`;
}

/** The idle power as a dashed line, named in the right margin. */
export function baselineNote(baselineMw: number | null, layout: TimelineLayout): string {
  if (baselineMw === null) return "";
  const y = yOf(baselineMw, layout);
  const textY = Math.min(y + 1, layout.bottom - 14);
  return `<path d="M${layout.left},${px(y)}H${layout.right}" fill="none" stroke="${
    color("ink")
  }" stroke-dasharray="4 3"/>` +
    svgText(layout.right + 7, textY, "baseline") +
    svgText(layout.right + 7, textY + 14, formatMw(baselineMw), { fill: "ink" });
}

/** The highest record of the measured repetitions, or of all that is in view if none is measured. */
export function peakNote(
  run: PowerTimelineRun,
  layout: TimelineLayout,
  stacked: readonly Rail[],
): string {
  const window = { ...measuredPart(run.trace, layout), minStepMs: 0 };
  let peak: { ms: number; mw: number } | undefined;
  for (const step of powerStretches(run.trace.samples, window).flatMap(({ steps }) => steps)) {
    const mw = totalMw(step, stacked);
    if (mw !== null && mw > (peak?.mw ?? 0)) peak = { ms: (step.startMs + step.endMs) / 2, mw };
  }
  if (peak === undefined) return "";
  const text = `peak ${formatMw(peak.mw)}`;
  const [x, y] = [xOf(peak.ms, layout), Math.max(layout.top + 14, yOf(peak.mw, layout))];
  const half = textWidth(text, SIZE) / 2 + 2;
  const textX = Math.max(layout.left + half, Math.min(x, layout.right - half));
  return `<circle cx="${px(x)}" cy="${px(y)}" r="3" fill="${color("ink")}" stroke="${
    color("surface")
  }" stroke-width="1.5"/>` +
    svgText(textX, y - 8, text, { fill: "ink", anchor: "middle", weight: 600, halo: true });
}
