/**
 * Axes and grids in the theme, for every chart that Plot draws.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { tickText } from "./ticks.ts";
import { color } from "./theme.ts";

/** What an axis has of its own. */
export interface AxisWish {
  /** About how many ticks. */
  ticks?: number | readonly number[];
  /** What stands at a tick. */
  text?: (value: number) => string;
}

function style({ ticks = 4, text = tickText }: AxisWish) {
  return {
    color: color("muted"),
    tickSize: 0,
    tickPadding: 8,
    // Plot takes an array or a count here, and its types want them apart.
    ticks: ticks as number,
    // Not tickFormat: on a log axis d3 leaves out ticks that it finds too dense.
    text: (value: number) => text(value),
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
