/**
 * Bars beside the rows of a table, with their intervals.
 *
 * @module
 */
import { titleTag } from "./tooltip.ts";
import { HATCH } from "./hatch.ts";
import { px, svgText } from "./svg_text.ts";
import { color } from "./theme.ts";

/** A bar from 0, and the ends of what it may be. */
export interface MarginBar {
  value: number;
  low: number | null;
  high: number | null;
  resolved: boolean;
  tooltip: string;
}

/** Bars of the rows of a table; `null` where a row has none. */
export interface Margin {
  title: string;
  bars: readonly (MarginBar | null)[];
  tick(value: number): string;
  /** Where the axis ends; at the largest end of all unless given. */
  most?: number;
}

/** Draws one bar a row, with the end of the axis as its only tick. */
export function marginBars(
  margin: Margin,
  place: { left: number; width: number; top: number; rowHeight: number },
): string {
  const { left, width, top, rowHeight } = place;
  const most = margin.most ??
    Math.max(0, ...margin.bars.map((bar) => Math.max(bar?.value ?? 0, bar?.high ?? 0)));
  if (most <= 0) return "";
  const xOf = (value: number) => left + Math.max(0, value) / most * width;
  const bottom = top + rowHeight * margin.bars.length;
  const gap = rowHeight > 5 ? 1 : 0;
  const bars = margin.bars.map((bar, row) => {
    if (bar === null) return "";
    const y = top + row * rowHeight;
    const box = (fill: string, inner = "") =>
      `<rect x="${px(left)}" y="${px(y)}" width="${px(xOf(bar.value) - left)}" height="${
        px(rowHeight - gap)
      }" fill="${fill}"${inner === "" ? ' pointer-events="none"/>' : `>${inner}</rect>`}`;
    const middle = px(y + (rowHeight - gap) / 2);
    const whisker = bar.low === null || bar.high === null
      ? ""
      : `<path d="M${px(xOf(bar.low))},${middle}H${px(xOf(bar.high))}" fill="none" stroke="${
        color("ink")
      }" stroke-width="${rowHeight > 8 ? 1.25 : 0.75}"/>`;
    return box(color("faint"), `${titleTag(bar.tooltip)}`) +
      (bar.resolved ? "" : box(HATCH)) + whisker;
  });
  return bars.join("") +
    `<path d="M${px(left)},${px(top)}V${px(bottom)}" fill="none" stroke="${color("faint")}"/>` +
    svgText(left + width, top - 12, margin.title, { fill: "ink", weight: 600, anchor: "end" }) +
    svgText(left, bottom + 16, "0", { anchor: "middle" }) +
    svgText(left + width, bottom + 16, margin.tick(most), { anchor: "end" });
}
