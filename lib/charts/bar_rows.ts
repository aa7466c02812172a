/**
 * The picture of named bars: one a row, in segments, with an interval and a number at its end.
 *
 * @module
 */
import { titleTag } from "./tooltip.ts";
import { scaleLinear } from "./d3.ts";
import type { Drawing } from "./figure.ts";
import { HATCH, HATCH_DEFS } from "./hatch.ts";
import { textWidth } from "./labels.ts";
import { type LegendItem, legendRows } from "./legend.ts";
import { px, svgText } from "./svg_text.ts";
import { color } from "./theme.ts";
import { shortened, visibleText } from "../safe_text.ts";

/** A stretch of a bar. */
export interface BarSegment {
  from: number;
  to: number;
  paint: string;
  resolved: boolean;
  tooltip: string;
  /** Of the row's height, 0 to 1; all of it unless given. */
  fill?: number;
}

/** A row. */
export interface BarRow {
  label: string;
  /** Colour of a dot before the label. */
  dot?: string;
  segments: readonly BarSegment[];
  low: number | null;
  high: number | null;
  /** What stands at its right end; the second is taken where the first has no room. */
  text: string;
  shortText: string;
  isStrong?: boolean;
  /** Space above, for the first row of a group. */
  isApart?: boolean;
}

/** How rows are drawn. */
export interface BarView {
  width: number;
  legend: readonly LegendItem[];
  /** A value as the axis writes it, whose largest is `most`. */
  tick(value: number, most: number): string;
}

const SIZE = 12;
const FULL_ROW = 24;
const APART = 10;
const MOST_PX = 640;
const LEAST_BAR_PX = 200;
const AXIS_PX = 24;

/** Draws rows, `view.width` px wide. */
export function drawBarRows(rows: readonly BarRow[], view: BarView): Drawing {
  const { width } = view;
  const legend = legendRows(view.legend, width);
  const rowHeight = Math.max(3, Math.min(FULL_ROW, Math.floor(10 * MOST_PX / rows.length) / 10));
  const hasTexts = rowHeight >= 14;
  const labels = rows.map(({ label }) => visibleText(shortened(label, 28)));
  const hasDots = rows.some(({ dot }) => dot !== undefined);
  const left = (hasDots ? 16 : 0) + 10 + Math.max(...labels.map((text) => textWidth(text, SIZE)));
  const widest = (pick: (row: BarRow) => string) =>
    Math.max(...rows.map((row) => textWidth(pick(row), SIZE))) + 12;
  const isShort = width - left - widest(({ text }) => text) < LEAST_BAR_PX;
  const textOf = (row: BarRow) => isShort ? row.shortText : row.text;
  const right = hasTexts ? width - widest(textOf) : width - 24;
  const ends = rows.flatMap(({ segments, low, high }) => [
    low ?? 0,
    high ?? 0,
    ...segments.flatMap(({ from, to }) => [from, to]),
  ]);
  const most = Math.max(0, ...ends);
  const scale = scaleLinear([0, most > 0 ? most : 1], [left, right]);

  const top = legend.height + (legend.height > 0 ? 14 : 2);
  let y = top;
  const drawn = rows.map((row, at) => {
    y += row.isApart ? APART : 0;
    const svg = rowSvg(row, { y, height: rowHeight, xOf: scale });
    const isLabelled = hasTexts || at % Math.ceil(14 / rowHeight) === 0;
    const baseline = y + rowHeight / 2 + 4;
    const style = row.isStrong ? { weight: 600 } : {};
    const label = !isLabelled ? "" : svgText(hasDots ? 16 : 0, baseline, labels[at] ?? "", {
      size: SIZE,
      fill: "ink",
      ...style,
    });
    const dot = row.dot === undefined || !isLabelled
      ? ""
      : `<rect x="0" y="${px(baseline - 9)}" width="10" height="10" rx="2" fill="${row.dot}"/>`;
    const text = hasTexts
      ? svgText(right + 12, baseline, textOf(row), { size: SIZE, ...style })
      : "";
    y += rowHeight;
    return dot + label + svg + text;
  });
  const ticks = scale.ticks(Math.max(2, Math.min(6, Math.round((right - left) / 90))));
  const grid = ticks.map((value) =>
    `<path d="M${px(scale(value))},${px(top)}V${px(y + 4)}" fill="none" stroke="${
      color(value === 0 ? "faint" : "grid")
    }"/>` + svgText(scale(value), y + 18, view.tick(value, most), { anchor: "middle" })
  );
  return {
    svg: HATCH_DEFS + legend.svg + grid.join("") + drawn.join(""),
    height: y + AXIS_PX,
  };
}

function rowSvg(
  row: BarRow,
  place: { y: number; height: number; xOf(value: number): number },
): string {
  const { y, height, xOf } = place;
  const thick = height > 8 ? height - 7 : height - 0.5;
  const middle = y + height / 2;
  const bars = row.segments.map(({ from, to, paint, resolved, tooltip, fill = 1 }) => {
    const tall = Math.max(fill > 0 ? 1 : 0, thick * fill);
    const box = (inner: string, paint: string) =>
      `<rect x="${px(xOf(from))}" y="${px(middle - tall / 2)}" width="${
        px(Math.max(0, xOf(to) - xOf(from)))
      }" height="${px(tall)}" fill="${paint}"${
        inner === "" ? ' pointer-events="none"/>' : `>${titleTag(inner)}</rect>`
      }`;
    return box(tooltip, paint) + (resolved ? "" : box("", HATCH));
  });
  if (row.low === null || row.high === null) return bars.join("");
  const cap = height > 12 ? 3 : 0;
  const [low, high] = [px(xOf(row.low)), px(xOf(row.high))];
  const caps = cap === 0
    ? ""
    : [low, high].map((x) => `M${x},${px(middle - cap)}v${2 * cap}`).join("");
  const line = (paint: string, thickness: number) =>
    `<path d="M${low},${px(middle)}H${high}${caps}" fill="none" stroke="${paint}" ` +
    `stroke-width="${thickness}" pointer-events="none"/>`;
  // On a bar, a line in the colour of text is seen by its rim only.
  return bars.join("") + (height > 8 ? line(color("surface"), 3.25) : "") +
    line(color("ink"), height > 8 ? 1.25 : 0.75);
}
