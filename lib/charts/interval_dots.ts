/**
 * Points with their intervals, alike in every chart: filled where resolved, hollow where not.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { visibleText } from "../safe_text.ts";
import { color, type ColorName } from "./theme.ts";

/** A figure at a place, on the axes of its chart. */
export interface IntervalDot {
  x: number;
  y: number;
  /** Ends of the interval of `y`; `null` where it has none. */
  low: number | null;
  high: number | null;
  resolved: boolean;
  tooltip: string;
}

/** The marks of upright intervals and their dots. */
export function intervalDots(
  dots: readonly IntervalDot[],
  name: ColorName = "mark-decode",
  radius = 3.5,
): Plot.Markish[] {
  const ink = color(name);
  return [
    Plot.ruleX(dots.filter(({ low, high }) => low !== null && high !== null), {
      x: "x",
      y1: "low",
      y2: "high",
      stroke: ink,
      strokeWidth: 1.5,
      strokeOpacity: 0.6,
    }),
    Plot.dot(dots, {
      x: "x",
      y: "y",
      r: radius,
      fill: (dot: IntervalDot) => dot.resolved ? ink : color("surface"),
      stroke: (dot: IntervalDot) => dot.resolved ? color("surface") : ink,
      strokeWidth: 1.5,
      title: (dot: IntervalDot) => visibleText(dot.tooltip),
      // By size, Plot would put small ones on top; here the order is the caller's.
      sort: null,
    }),
  ];
}
