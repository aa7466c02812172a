/**
 * Axes and grids in the theme, for every chart that Plot draws.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { color } from "./theme.ts";

/** What an axis has of its own. */
export interface AxisWish {
  /** About how many ticks. */
  ticks?: number | readonly number[];
  /** What stands at a tick. */
  text?: (value: number) => string;
}

/** Plain numbers, as d3's own format differs between scales. */
export function tickText(value: number): string {
  return String(Number(value.toPrecision(6))).replace("-", "−");
}

/** Whole numbers with thousands apart; nothing where a tick is not whole. */
export function wholeText(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString("en-US") : "";
}

function style({ ticks = 4, text = tickText }: AxisWish) {
  return {
    color: color("muted"),
    tickSize: 0,
    tickPadding: 8,
    // Plot takes an array or a count here, and its types want them apart.
    ticks: ticks as number,
    tickFormat: (value: number) => text(value),
    label: null,
  };
}

/** The horizontal axis; every chart writes what it is and its unit beside it. */
export function axisX(wish: AxisWish = {}): Plot.Markish {
  return Plot.axisX({ ...style(wish), anchor: "bottom" });
}

/** The vertical axis. */
export function axisY(wish: AxisWish = {}): Plot.Markish {
  return Plot.axisY({ ...style(wish), anchor: "left" });
}

/** Lines across at the ticks of the vertical axis. */
export function gridY(ticks: number | readonly number[] = 4): Plot.Markish {
  return Plot.gridY({ stroke: color("grid"), strokeOpacity: 1, ticks: ticks as number });
}

/** Lines up at the ticks of the horizontal axis. */
export function gridX(ticks: number | readonly number[] = 4): Plot.Markish {
  return Plot.gridX({ stroke: color("grid"), strokeOpacity: 1, ticks: ticks as number });
}
