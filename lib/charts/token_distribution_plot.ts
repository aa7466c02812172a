/**
 * The picture of the distribution: a histogram in the colours of the text, and below it what is
 * usual and what is not.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { formatMj } from "../quantities.ts";
import { escapeHtml } from "../safe_text.ts";
import { axisX, axisY, gridY } from "./axes.ts";
import type { Drawing } from "./figure.ts";
import { type Box, firstFree, type Place } from "./free_places.ts";
import { HATCH, HATCH_DEFS } from "./hatch.ts";
import { textWidth } from "./labels.ts";
import { plotContent } from "./plot_content.ts";
import { px, svgText } from "./svg_text.ts";
import { color, type ColorName, RAMP_STEPS } from "./theme.ts";
import { tickText, wholeText } from "./ticks.ts";
import { outlierName } from "./token_distribution.ts";
import { type Outlier, sizeOf, type Usual } from "./token_outliers.ts";
import { type Ramp, tokenRamp } from "./token_ramp.ts";
import type { GroupView } from "./token_views.ts";

const MARGIN = { left: 44, right: 24, top: 26 };
const BARS_PX = 170;
const AXIS_PX = 30;
const STRIP_PX = 34;
const ROW_PX = 17;
const MAX_ROWS = 4;
const SIZE = 11;
const MAX_NAMED = 24;

/** A bar: tokens whose energy falls into one step of the axis. */
interface Bin {
  lowMj: number;
  highMj: number;
  fill: string;
  tokens: number;
  unresolved: number;
}

/** Draws groups of known energy, `width` px wide. */
export function drawDistribution(
  groups: readonly GroupView[],
  usual: Usual | null,
  width: number,
): Drawing {
  const ramp = tokenRamp(groups);
  if (ramp === null || usual === null) return { svg: "", height: 0 };
  const bins = binsOf(groups, ramp);
  const most = Math.max(1, ...bins.map((bin) => bin.tokens));
  const height = MARGIN.top + BARS_PX + AXIS_PX;
  const bar = { x1: "lowMj", x2: "highMj", insetLeft: 0.5, insetRight: 0.5 } as const;
  const countTicks = Math.min(4, most);
  const content = plotContent({
    width,
    height,
    marginLeft: MARGIN.left,
    marginRight: MARGIN.right,
    marginTop: MARGIN.top,
    marginBottom: AXIS_PX,
    x: { domain: [ramp.lowMj, ramp.highMj] },
    y: { domain: [0, most * 1.05] },
    marks: [
      gridY(countTicks),
      Plot.rectY(bins, {
        ...bar,
        y1: 0,
        y2: "tokens",
        fill: "fill",
        title: (bin: Bin) => tooltip(bin),
      }),
      Plot.rectY(bins.filter(({ unresolved }) => unresolved > 0), {
        ...bar,
        y1: (bin: Bin) => bin.tokens - bin.unresolved,
        y2: "tokens",
        fill: HATCH,
        pointerEvents: "none",
      }),
      Plot.ruleY([0], { stroke: color("faint") }),
      axisX({ ticks: Math.round(width / 95), text: (mj) => `${tickText(mj)} mJ` }),
      axisY({ ticks: countTicks, text: wholeText }),
    ],
  });
  const scale = (mj: number) =>
    MARGIN.left + (mj - ramp.lowMj) / (ramp.highMj - ramp.lowMj) *
      (width - MARGIN.left - MARGIN.right);
  const labels = outlierLabels(usual.outliers, scale, width);
  const rows = Math.max(0, ...labels.map(({ row }) => row + 1));
  const strip = `<g transform="translate(0,${height})">${usualStrip(usual, scale, ramp)}${
    labels.map((label) => labelSvg(label)).join("")
  }${usual.outliers.map((outlier) => dotSvg(outlier, scale)).reverse().join("")}</g>`;
  return {
    svg: HATCH_DEFS + content + svgText(0, 11, "tokens", { fill: "ink", weight: 600 }) +
      svgText(width - MARGIN.right, 11, "energy per token", { anchor: "end" }) + strip,
    height: height + STRIP_PX + rows * ROW_PX,
  };
}

/** Whole parts of the ramp's steps, so that a bar has the colour that its tokens have in the text. */
function binsOf(groups: readonly GroupView[], ramp: Ramp): Bin[] {
  const parts = groups.length < 40 ? 2 : groups.length < 200 ? 4 : 6;
  const count = RAMP_STEPS * parts;
  const stepMj = (ramp.highMj - ramp.lowMj) / count;
  const bins = Array.from({ length: count }, (_, at): Bin => ({
    lowMj: ramp.lowMj + at * stepMj,
    highMj: ramp.lowMj + (at + 1) * stepMj,
    fill: color(`ramp-${Math.floor(at / parts)}` as ColorName),
    tokens: 0,
    unresolved: 0,
  }));
  for (const group of groups) {
    const at = Math.floor(((group.mjPerToken ?? 0) - ramp.lowMj) / stepMj);
    const bin = bins[Math.max(0, Math.min(count - 1, at))];
    if (bin === undefined) continue;
    bin.tokens += sizeOf(group);
    if (!group.resolved) bin.unresolved += sizeOf(group);
  }
  return bins.filter(({ tokens }) => tokens > 0);
}

function tooltip({ lowMj, highMj, tokens, unresolved }: Bin): string {
  return `${tickText(lowMj)} to ${formatMj(highMj)} per token\n${tokens} tokens` +
    (unresolved > 0 ? `, ${unresolved} not resolved` : "");
}

/** Where the strip's line lies, from the strip's top. */
const LINE_Y = 16;

/** What is usual as a line, its middle half thick, its median marked. */
function usualStrip(usual: Usual, scale: (mj: number) => number, ramp: Ramp): string {
  const line = (from: number, to: number, widthPx: number, name: ColorName) =>
    `<path d="M${px(scale(Math.max(ramp.lowMj, from)))},${LINE_Y}H${
      px(scale(Math.min(ramp.highMj, to)))
    }" fill="none" stroke="${color(name)}" stroke-width="${widthPx}"/>`;
  const { range, quarterMj, threeQuartersMj, medianMj } = usual;
  return `<g><title>${formatMj(quarterMj)} to ${
    formatMj(threeQuartersMj)
  }: the middle half; median ${formatMj(medianMj)}</title>` +
    (range === null ? "" : line(range.lowMj, range.highMj, 2, "faint")) +
    line(quarterMj, threeQuartersMj, 8, "muted") +
    `<path d="M${px(scale(medianMj))},${LINE_Y - 8}v16" fill="none" stroke="${
      color("ink")
    }" stroke-width="2.5"/></g>`;
}

function dotSvg(outlier: Outlier, scale: (mj: number) => number): string {
  const x = px(scale(outlier.group.mjPerToken ?? 0));
  const [fill, stroke] = outlier.sure ? ["ink", "surface"] as const : ["surface", "muted"] as const;
  const note = outlier.sure ? "unlike the others" : "perhaps unlike the others";
  return `<circle cx="${x}" cy="${LINE_Y}" r="4" fill="${color(fill)}" stroke="${
    color(stroke)
  }" stroke-width="1.5"><title>${escapeHtml(`${outlier.group.tooltip}\n${note}`)}</title></circle>`;
}

/** Which part of a name stands left of its dot: near the middle in any row is better than far in the first. */
const SHIFTS = [[0.5, 0.65, 0.35], [0.8, 0.2, 1, 0]];

interface OutlierPlace extends Place {
  text: string;
  row: number;
  /** Of the dot. */
  dotX: number;
  left: number;
}

/** Names below their dots, as many as have room; the most unusual first. */
function outlierLabels(
  outliers: readonly Outlier[],
  scale: (mj: number) => number,
  width: number,
): OutlierPlace[] {
  const sure = outliers.filter((outlier) => outlier.sure).slice(0, MAX_NAMED);
  const frame: Box = { left: 0, right: width, top: 0, bottom: STRIP_PX + MAX_ROWS * ROW_PX };
  const wishes = sure.map((outlier): OutlierPlace[] => {
    const text = outlierName(outlier);
    const dotX = scale(outlier.group.mjPerToken ?? 0);
    const wide = textWidth(text, SIZE);
    return SHIFTS.flatMap((shifts) =>
      Array.from({ length: MAX_ROWS }, (_, row) =>
        shifts.map((shift) => {
          const left = dotX - 3 - shift * (wide - 6);
          const top = STRIP_PX + row * ROW_PX - 4;
          const label = { left: left - 2, right: left + wide + 2, top, bottom: top + ROW_PX };
          // The leader begins below the dots, which may stand close.
          const leader = { left: dotX - 1, right: dotX + 1, top: LINE_Y + 6, bottom: top };
          return { text, row, dotX, left, covers: [label, leader] };
        })).flat()
    );
  });
  return firstFree(wishes, frame).filter((place) => place !== null);
}

function labelSvg({ text, row, dotX, left }: OutlierPlace): string {
  const y = STRIP_PX + row * ROW_PX + 8;
  return `<path d="M${px(dotX)},${LINE_Y + 5}V${y - 10}" fill="none" stroke="${color("faint")}"/>` +
    svgText(left, y, text, { fill: "ink", size: SIZE });
}
