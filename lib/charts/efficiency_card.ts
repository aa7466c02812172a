/**
 * The picture of the efficiency card: tiles of figures, drawn without Plot.
 *
 * @module
 */
import type { Estimate } from "../analysis/mod.ts";
import { NOT_MEASURED, threeDigits } from "../quantities.ts";
import { textWidth, wrapText } from "./labels.ts";
import { px, svgText } from "./svg_text.ts";
import { color } from "./theme.ts";

/** A figure on the card. */
export interface Tile {
  label: string;
  estimate: Estimate | null;
  /** A value as it is read, with its unit. */
  text(value: number): string;
}

const TILE_PX = 92;
const LEAST_TILE_PX = 176;
const GAP_PX = 24;
const VALUE_SIZE = 22;

/** Height of all tiles, in px. */
export function cardHeight(tiles: readonly Tile[], width: number): number {
  return Math.ceil(tiles.length / columnsOf(tiles, width)) * TILE_PX;
}

/** As even rows as there is room for. */
function columnsOf(tiles: readonly Tile[], width: number): number {
  const most = Math.max(1, Math.floor((width + GAP_PX) / (LEAST_TILE_PX + GAP_PX)));
  const rows = Math.ceil(tiles.length / most);
  return Math.max(1, Math.ceil(tiles.length / rows));
}

/** Draws the tiles in rows. */
export function drawCard(tiles: readonly Tile[], width: number): string {
  const columns = columnsOf(tiles, width);
  const tileWidth = (width - (columns - 1) * GAP_PX) / columns;
  const reach = cardReach(tiles);
  return tiles.map((tile, at) => {
    const x = (at % columns) * (tileWidth + GAP_PX);
    const y = Math.floor(at / columns) * TILE_PX;
    return `<g transform="translate(${px(x)},${y})">${tileSvg(tile, tileWidth, reach)}</g>`;
  }).join("");
}

/** What the middle of a bar is to its ends: at least what a resolved figure may have. */
export function cardReach(tiles: readonly Tile[]): number {
  const most = Math.max(0, ...tiles.map(({ estimate }) => reachOf(estimate) ?? 0));
  return [0.1, 0.2, 0.5].find((reach) => most <= reach) ?? Math.ceil(most);
}

/** How far the farther end lies from its value, as a part of the value. */
function reachOf(estimate: Estimate | null): number | null {
  if (estimate === null || estimate.low === null || estimate.high === null) return null;
  const { value, low, high } = estimate;
  return value === 0 ? null : Math.max(high - value, value - low) / Math.abs(value);
}

function tileSvg({ label, estimate, text }: Tile, width: number, reach: number): string {
  const rule = `<path d="M0,0.5H${px(width)}" fill="none" stroke="${color("grid")}"/>`;
  const name = svgText(0, 19, wrapText(label, width, 12)[0] ?? "", { size: 12 });
  if (estimate === null) return rule + name + svgText(0, 44, NOT_MEASURED, { size: 14 });
  const { value, low, high, resolved } = estimate;
  const figure = svgText(0, 46, text(value), {
    fill: resolved ? "ink" : "muted",
    weight: 600,
    size: VALUE_SIZE,
  });
  return rule + name + figure + svgText(0, 64, endsText(low, high, text, resolved, width)) +
    intervalBar(estimate, width, reach);
}

function endsText(
  low: number | null,
  high: number | null,
  text: Tile["text"],
  resolved: boolean,
  width: number,
): string {
  const ends = low === null && high === null
    ? "no interval"
    : low === null
    ? `at most ${text(high ?? 0)}`
    : high === null
    ? `at least ${text(low)}`
    : `${commonUnit(text(low), text(high))} to ${text(high)}`;
  const full = resolved ? ends : `${ends}, not resolved`;
  return textWidth(full, 11) <= width ? full : ends;
}

/** The lower end without its unit where the upper one has the same. */
function commonUnit(low: string, high: string): string {
  const unit = / \S+$/.exec(high)?.[0] ?? "";
  return unit !== "" && low.endsWith(unit) ? low.slice(0, -unit.length) : low;
}

const BAR_Y = 76;

/** The interval around its value, which stands in the middle; one scale for all tiles. */
function intervalBar(estimate: Estimate, width: number, reach: number): string {
  const own = reachOf(estimate);
  if (own === null) return "";
  const { value, low, high, resolved } = estimate;
  const centre = width / 2;
  const at = (end: number) => centre + (end - value) / Math.abs(value) / reach * (centre - 4);
  const percent = (end: number) => `${threeDigits(100 * (end - value) / Math.abs(value))} %`;
  const ink = color(resolved ? "mark-decode" : "muted");
  return `<g><title>${percent(low ?? value)} to ${percent(high ?? value)} of the value</title>` +
    `<path d="M0,${BAR_Y}H${px(width)}" fill="none" stroke="${color("grid")}"/>` +
    `<path d="M${px(at(low ?? value))},${BAR_Y}H${
      px(at(high ?? value))
    }" fill="none" stroke="${ink}" ` +
    `stroke-width="4"${resolved ? "" : ' stroke-dasharray="3 2"'}/>` +
    `<circle cx="${px(centre)}" cy="${BAR_Y}" r="3.5" fill="${ink}" stroke="${
      color("surface")
    }" stroke-width="1.5"/></g>`;
}
