/**
 * The picture of a table of values: rows × columns on the ramp, with the means of the rows beside it.
 *
 * @module
 */
import { titleTag } from "./tooltip.ts";
import { Buffer } from "node:buffer";
import { encodeIndexedPng } from "./canvas.ts";
import type { Drawing } from "./figure.ts";
import { HATCH_DEFS } from "./hatch.ts";
import { textWidth } from "./labels.ts";
import { boxItem, type LegendItem, legendRows, rampItem } from "./legend.ts";
import { type Margin, marginBars } from "./margin_bars.ts";
import { px, svgText } from "./svg_text.ts";
import { color, type ColorName, onRamp, PALETTE, RAMP_STEPS } from "./theme.ts";
import { rampOver, type ValueRamp } from "./value_ramp.ts";
import { escapeHtml } from "../safe_text.ts";

/** A table of values, and how it is read. */
export interface HeatGrid {
  /** From top to bottom. */
  rowLabels: readonly string[];
  rowTitle: string;
  columns: number;
  /** What the first column is called; the others count on. */
  firstColumn: number;
  columnTitle: string;
  /** The value of row `r` and column `c` is at `r * columns + c`; NaN where there is none. */
  values: ArrayLike<number>;
  /** A value as the legend writes it, without unit. */
  tick(value: number): string;
  unit: string;
  tooltip(row: number, column: number, value: number): string;
  rowTooltip(row: number): string;
  /** More samples for the legend. */
  items?: readonly LegendItem[];
  /** One bar a row, with its interval. */
  margin?: Margin;
  /** What is written into a cell that has room for it. */
  cellText?(value: number): string;
}

/** More cells than this are pixels: a rectangle each would be more than a page wants to load. */
export const MOST_RECTANGLES = 2000;

const AXIS = 11;
const BOTTOM = 40;
const MARGIN_PX = 104;

interface Layout {
  left: number;
  top: number;
  cellWidth: number;
  cellHeight: number;
  plotWidth: number;
  plotHeight: number;
}

/** Draws the table, `width` px wide. */
export function drawHeatGrid(grid: HeatGrid, width: number): Drawing {
  const { columns, rowLabels, values } = grid;
  const known = Array.from(values).filter((value) => !Number.isNaN(value));
  const ramp = rampOver(known);
  const items = [...(grid.items ?? [])];
  if (ramp !== null) {
    const [low, high] = [grid.tick(ramp.low), grid.tick(ramp.high)];
    items.unshift(rampItem(
      ramp.isLowClipped ? `≤ ${low}` : low,
      `${ramp.isHighClipped ? "≥ " : ""}${high} ${grid.unit}`,
    ));
  }
  if (known.length < values.length) {
    items.push(boxItem("not known", "none", color("faint"), ' stroke-dasharray="2 2"'));
  }
  const legend = legendRows(items, width);
  const top = legend.height + 34;
  const left = 12 + Math.max(
    textWidth(grid.rowTitle, AXIS) - 8,
    ...rowLabels.map((label) => textWidth(label, AXIS)),
  );
  const plotWidth = width - left - (grid.margin === undefined ? 6 : MARGIN_PX + 26);
  const plotHeight = Math.max(30, Math.min(340, rowLabels.length * 22));
  const layout: Layout = {
    left,
    top,
    plotWidth,
    plotHeight,
    cellWidth: plotWidth / columns,
    cellHeight: plotHeight / rowLabels.length,
  };
  const isRaster = values.length > MOST_RECTANGLES;
  const cells = ramp === null
    ? ""
    : isRaster
    ? raster(grid, ramp, layout)
    : rectangles(grid, ramp, layout);
  const margin = grid.margin === undefined ? "" : marginBars(grid.margin, {
    left: left + plotWidth + 16,
    width: MARGIN_PX,
    top,
    rowHeight: layout.cellHeight,
  });
  return {
    svg: HATCH_DEFS + legend.svg + cells + frameOfCells(grid, layout) + margin + axes(grid, layout),
    height: top + plotHeight + BOTTOM,
  };
}

/** Invisible: where scripts of a page find the cells, of both kinds. */
function frameOfCells(grid: HeatGrid, layout: Layout): string {
  const { left, top, plotWidth, plotHeight } = layout;
  return `<rect class="tw-cells" x="${px(left)}" y="${px(top)}" width="${px(plotWidth)}" height="${
    px(plotHeight)
  }" fill="none" pointer-events="none" data-rows="${grid.rowLabels.length}" data-columns="${grid.columns}"/>`;
}

function rectangles(grid: HeatGrid, ramp: ValueRamp, layout: Layout): string {
  const { left, top, cellWidth, cellHeight } = layout;
  const gap = cellWidth > 5 && cellHeight > 5 ? 1 : 0;
  const size = Math.min(11, cellHeight - 4);
  const parts: string[] = [];
  grid.rowLabels.forEach((_, row) => {
    for (let column = 0; column < grid.columns; column++) {
      const value = grid.values[row * grid.columns + column] ?? NaN;
      if (Number.isNaN(value)) continue;
      const [x, y] = [left + column * cellWidth, top + row * cellHeight];
      const step = ramp.stepOf(value);
      parts.push(
        `<rect x="${px(x)}" y="${px(y)}" width="${px(cellWidth - gap)}" height="${
          px(cellHeight - gap)
        }" fill="${color(`ramp-${step}` as ColorName)}">${
          titleTag(grid.tooltip(row, column, value))
        }</rect>`,
      );
      const text = grid.cellText?.(value) ?? "";
      if (size < 9 || text === "" || textWidth(text, size) > cellWidth - 6) continue;
      parts.push(
        `<text x="${px(x + (cellWidth - gap) / 2)}" y="${px(y + cellHeight / 2 + size * 0.33)}" ` +
          `font-size="${px(size)}" text-anchor="middle" pointer-events="none" fill="${
            onRamp(step)
          }">${escapeHtml(text)}</text>`,
      );
    }
  });
  return parts.join("");
}

/** One pixel a cell; where a cell would be narrower than a screen's pixel, the mean of several. */
function raster(grid: HeatGrid, ramp: ValueRamp, layout: Layout): string {
  const { left, top, plotWidth, plotHeight, cellHeight } = layout;
  const rows = grid.rowLabels.length;
  const bin = columnsPerPixel(grid.columns, plotWidth);
  const columns = Math.ceil(grid.columns / bin);
  const indexes = new Uint8Array(rows * columns).fill(RAMP_STEPS);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let [sum, count] = [0, 0];
      for (let c = column * bin; c < Math.min(grid.columns, (column + 1) * bin); c++) {
        const value = grid.values[row * grid.columns + c] ?? NaN;
        if (!Number.isNaN(value)) [sum, count] = [sum + value, count + 1];
      }
      if (count > 0) indexes[row * columns + column] = ramp.stepOf(sum / count);
    }
  }
  const image = (theme: 0 | 1) => {
    const colors = Array.from(
      { length: RAMP_STEPS },
      (_, step) => PALETTE[`ramp-${step}` as ColorName][theme],
    );
    const png = Buffer.from(encodeIndexedPng(columns, rows, indexes, colors)).toString("base64");
    return `<image class="tw-${theme === 0 ? "light" : "dark"}-only" x="${px(left)}" y="${
      px(top)
    }" width="${px(plotWidth * columns * bin / grid.columns)}" height="${
      px(plotHeight)
    }" preserveAspectRatio="none" image-rendering="pixelated" ` +
      // Programs without CSS show the light one only.
      `${theme === 1 ? 'display="none" ' : ""}href="data:image/png;base64,${png}"/>`;
  };
  const strips = grid.rowLabels.map((_, row) =>
    `<rect x="${px(left)}" y="${px(top + row * cellHeight)}" width="${px(plotWidth)}" height="${
      px(cellHeight)
    }" fill="none" pointer-events="all">${titleTag(grid.rowTooltip(row))}</rect>`
  );
  return image(1) + image(0) + strips.join("");
}

function columnsPerPixel(columns: number, plotWidth: number): number {
  return Math.max(1, Math.ceil(columns / plotWidth));
}

function axes(grid: HeatGrid, layout: Layout): string {
  const { left, top, plotWidth, plotHeight, cellHeight, cellWidth } = layout;
  const everyRow = stepFor(grid.rowLabels.length, plotHeight, 15);
  const rows = grid.rowLabels.flatMap((label, row) =>
    row % everyRow === 0
      ? [svgText(left - 7, top + (row + 0.5) * cellHeight + 4, label, { anchor: "end" })]
      : []
  );
  const last = String(grid.firstColumn + grid.columns - 1);
  const everyColumn = stepFor(grid.columns, plotWidth, textWidth(last, AXIS) + 16);
  const columns = Array.from({ length: grid.columns }, (_, at) => at)
    .filter((at) => (at + grid.firstColumn) % everyColumn === 0)
    .map((at) =>
      svgText(left + (at + 0.5) * cellWidth, top + plotHeight + 16, `${at + grid.firstColumn}`, {
        anchor: "middle",
      })
    );
  const bin = grid.values.length > MOST_RECTANGLES ? columnsPerPixel(grid.columns, plotWidth) : 1;
  const title = bin === 1
    ? grid.columnTitle
    : `${grid.columnTitle}, each column the mean of ${bin}`;
  return rows.join("") + columns.join("") +
    svgText(0, top - 12, grid.rowTitle, { fill: "ink", weight: 600 }) +
    svgText(left + plotWidth, top + plotHeight + 34, title, { anchor: "end" });
}

/** The least round step at which labels of `room` px do not meet. */
function stepFor(count: number, lengthPx: number, room: number): number {
  const least = count * room / lengthPx;
  for (let power = 1;; power *= 10) {
    for (const step of [power, 2 * power, 5 * power]) if (step >= least) return step;
  }
}
