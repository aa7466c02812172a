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
  /** Ends of the interval of `x`, where it has one. */
  xLow?: number | null;
  xHigh?: number | null;
  resolved: boolean;
  tooltip: string;
  /** Instead of the colour of all. */
  color?: ColorName;
}

/** The marks of upright intervals and their dots. */
export function intervalDots(
  dots: readonly IntervalDot[],
  name: ColorName = "mark-decode",
  radius = 3.5,
): Plot.Markish[] {
  const ink = (dot: IntervalDot) => color(dot.color ?? name);
  const rule = { stroke: ink, strokeWidth: 1.5, strokeOpacity: 0.6 };
  return [
    Plot.ruleX(dots.filter(({ low, high }) => isKnown(low) && isKnown(high)), {
      ...rule,
      x: "x",
      y1: "low",
      y2: "high",
    }),
    ...dots.some(({ xLow, xHigh }) => isKnown(xLow) && isKnown(xHigh))
      ? [Plot.ruleY(dots.filter(({ xLow, xHigh }) => isKnown(xLow) && isKnown(xHigh)), {
        ...rule,
        y: "y",
        x1: "xLow",
        x2: "xHigh",
      })]
      : [],
    Plot.dot(dots, {
      x: "x",
      y: "y",
      r: radius,
      fill: (dot: IntervalDot) => dot.resolved ? ink(dot) : color("surface"),
      stroke: (dot: IntervalDot) => dot.resolved ? color("surface") : ink(dot),
      strokeWidth: 1.5,
      title: (dot: IntervalDot) => visibleText(dot.tooltip),
      // By size, Plot would put small ones on top; here the order is the caller's.
      sort: null,
    }),
  ];
}

function isKnown(end: number | null | undefined): end is number {
  return end !== null && end !== undefined;
}
