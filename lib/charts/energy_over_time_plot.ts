/**
 * The picture of energy over time.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { formatMj } from "../quantities.ts";
import { axisDomain } from "./axis_domain.ts";
import { axisX, axisY, gridY } from "./axes.ts";
import { type EnergyPoint, pointEnds } from "./energy_points.ts";
import type { Drawing } from "./figure.ts";
import { firstFree } from "./free_places.ts";
import { type IntervalDot, intervalDots } from "./interval_dots.ts";
import { textWidth } from "./labels.ts";
import { plotContent } from "./plot_content.ts";
import { px, svgText } from "./svg_text.ts";
import { color } from "./theme.ts";
import { tickText } from "./ticks.ts";

const MARGIN = { left: 62, right: 16, top: 26, bottom: 34 };
const FRAME_PX = 220;
const SIZE = 11;

/** Draws points of known energy. */
export function drawEnergyOverTime(
  points: readonly EnergyPoint[],
  { width, several }: { width: number; several: boolean },
): Drawing {
  if (points.length === 0) return { svg: "", height: 0 };
  const series = seriesOf(points);
  const named = several && series.size > 1;
  const right = named
    ? 20 + Math.max(...[...series.keys()].map((name) => textWidth(name, SIZE)))
    : MARGIN.right;
  const marginRight = Math.min(right, width / 3);
  const height = MARGIN.top + FRAME_PX + MARGIN.bottom;
  const dots = points.map((point, at): IntervalDot => ({
    // Runs come in bursts: evenly spaced they can be read, and their dates stand below.
    x: several ? at : point.atMs / 1e3,
    y: point.mj ?? 0,
    low: point.lowMj,
    high: point.highMj,
    resolved: point.resolved,
    tooltip: point.tooltip,
  }));
  const [low, high] = axisDomain(pointEnds(points));
  const last = several ? points.length - 1 : Math.max(...dots.map(({ x }) => x));
  const domain: [number, number] = several ? [-0.5, last + 0.5] : [0, 1.03 * last];
  const median = dots.map(({ y }) => y).sort((a, b) => a - b)[Math.floor(dots.length / 2)] ?? 0;
  const barPx = (width - MARGIN.left - marginRight) / points.length;
  const content = plotContent({
    width,
    height,
    marginLeft: MARGIN.left,
    marginRight,
    marginTop: MARGIN.top,
    marginBottom: MARGIN.bottom,
    x: { domain, axis: null },
    y: { domain: [low, high] },
    marks: [
      gridY(),
      ...several
        ? [...series.values()].map((own) =>
          Plot.lineY(own.map((at) => dots[at]!), { x: "x", y: "y", stroke: color("faint") })
        )
        : [Plot.ruleY([median], { stroke: color("muted"), strokeDasharray: "4 3" })],
      ...intervalDots(dots, "mark-decode", barPx < 9 ? 2.5 : 4),
      ...several ? [] : [axisX({ ticks: Math.round(width / 95), text: (s) => `${tickText(s)} s` })],
      axisY({ text: (mj) => formatMj(mj) }),
    ],
  });
  const toX = (at: number) =>
    MARGIN.left + (at - domain[0]) / (domain[1] - domain[0]) * (width - MARGIN.left - marginRight);
  const toY = (mj: number) => MARGIN.top + FRAME_PX * (1 - (mj - low) / (high - low));
  return {
    svg: content + svgText(0, 11, "energy per decoded token", { fill: "ink", weight: 600 }) +
      (several ? dateTexts(points, toX, height) : "") +
      (named ? seriesTexts(series, dots, toX, toY, width, height) : ""),
    height,
  };
}

/** Which points belong together, in the order of their first. */
function seriesOf(points: readonly EnergyPoint[]): Map<string, number[]> {
  return Map.groupBy(points.keys(), (at) => points[at]!.series);
}

/** The date of a run where its day begins, else the time of day: as many as have room. */
function dateTexts(
  points: readonly EnergyPoint[],
  toX: (at: number) => number,
  height: number,
): string {
  const texts = points.map(({ atMs }, at) => {
    const date = new Date(atMs);
    const day = date.toLocaleDateString("en-GB", { day: "numeric", month: "short" });
    const before = points[at - 1];
    const isNew = before === undefined ||
      new Date(before.atMs).toDateString() !== date.toDateString();
    const time = date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
    return { text: isNew ? day : time, isNew, x: toX(at) };
  }).sort((a, b) => Number(b.isNew) - Number(a.isNew));
  const frame = { left: 0, right: toX(points.length - 0.5) + 16, top: 0, bottom: height };
  const places = firstFree(
    texts.map(({ text, isNew, x }) => {
      const half = textWidth(text, SIZE) / 2 + 7;
      const box = { left: x - half, right: x + half, top: height - 24, bottom: height - 4 };
      return [{ text, isNew, x, covers: [box] }];
    }),
    frame,
  ).filter((place) => place !== null);
  return places.map(({ text, isNew, x }) =>
    `<path d="M${px(x)},${height - MARGIN.bottom + 2}v5" fill="none" stroke="${color("muted")}"/>` +
    svgText(x, height - 11, text, { anchor: "middle", fill: isNew ? "ink" : "muted" })
  ).join("");
}

/** Names at the last point of each series, moved apart where they would meet. */
function seriesTexts(
  series: ReadonlyMap<string, readonly number[]>,
  dots: readonly IntervalDot[],
  toX: (at: number) => number,
  toY: (mj: number) => number,
  width: number,
  height: number,
): string {
  const left = toX(dots.length - 0.5) + 4;
  const places = firstFree(
    [...series].map(([text, own]) => {
      const y = toY(dots[own.at(-1) ?? 0]?.y ?? 0);
      return Array.from({ length: 21 }, (_, at) => {
        const moved = y + 8 * Math.ceil(at / 2) * (at % 2 === 0 ? -1 : 1);
        const box = { left, right: width, top: moved - 8, bottom: moved + 8 };
        return { text, y: moved, covers: [box] };
      });
    }),
    { left: 0, right: width, top: MARGIN.top, bottom: height },
  ).filter((place) => place !== null);
  return places.map(({ text, y }) => svgText(left, y + 4, text, { fill: "ink" })).join("");
}
