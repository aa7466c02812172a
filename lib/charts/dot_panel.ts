/**
 * A panel of figures with their intervals over something that they depend on.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { axisDomain } from "./axis_domain.ts";
import { axisX, axisY, gridX, gridY } from "./axes.ts";
import { type Box, firstFree, type Place } from "./free_places.ts";
import { type IntervalDot, intervalDots } from "./interval_dots.ts";
import { textWidth } from "./labels.ts";
import { plotContent } from "./plot_content.ts";
import { px, svgText } from "./svg_text.ts";
import { color } from "./theme.ts";
import { logTicks } from "./ticks.ts";

/** A dot that may have a name beside it. */
export interface NamedDot extends IntervalDot {
  name?: string;
  /** A ring around it: the one that the chart is about. */
  ringed?: boolean;
}

/** An axis of a panel. */
export interface PanelAxis {
  log: boolean;
  text(value: number): string;
  /** Only these ticks. */
  ticks?: readonly number[];
}

/** What a panel shows. */
export interface DotPanel {
  /** What is over the axis, in words. */
  heading: string;
  /** What the axis is. */
  xTitle: string;
  dots: readonly NamedDot[];
  x: PanelAxis;
  y: PanelAxis;
  /** What was fitted. */
  line?: readonly { x: number; y: number }[];
  /** Where its mean may lie. */
  band?: readonly { x: number; low: number; high: number }[];
  /** Joins what belongs together, in this order. */
  path?: readonly { x: number; y: number }[];
  /** Places on the axis that have a name. */
  rules?: readonly { x: number; name: string }[];
}

/** Height of a panel, in px. */
export const PANEL_PX = 290;

const MARGIN = { left: 62, right: 22, top: 28, bottom: 48 };
const SIZE = 11;
const RADIUS = 4.5;

/** Draws a panel, `width` px wide and `PANEL_PX` high. */
export function dotPanel(panel: DotPanel, width: number): string {
  const { dots, line = [], band = [], path = [], rules = [] } = panel;
  if (dots.length === 0) return svgText(0, 11, panel.heading, { fill: "ink", weight: 600 });
  const known = (ends: readonly (number | null | undefined)[], { log }: PanelAxis) =>
    ends.filter((end): end is number => typeof end === "number" && (end > 0 || !log));
  const xs = [
    ...dots.flatMap(({ x, xLow, xHigh }) => [x, xLow, xHigh]),
    ...rules.map((rule) => rule.x),
  ];
  const ys = [
    ...dots.flatMap(({ y, low, high }) => [y, low, high]),
    ...line.map(({ y }) => y),
    ...band.flatMap(({ low, high }) => [low, high]),
  ];
  const xScale = scaleOf(panel.x, known(xs, panel.x), [MARGIN.left, width - MARGIN.right]);
  const yScale = scaleOf(panel.y, known(ys, panel.y), [PANEL_PX - MARGIN.bottom, MARGIN.top]);
  const xTicks = fitting(panel.x, xScale, width);
  const yTicks = panel.y.log ? panel.y.ticks ?? logTicks(yScale.domain) : 4;
  const content = plotContent({
    width,
    height: PANEL_PX,
    marginLeft: MARGIN.left,
    marginRight: MARGIN.right,
    marginTop: MARGIN.top,
    marginBottom: MARGIN.bottom,
    x: { type: panel.x.log ? "log" : "linear", domain: xScale.domain },
    y: { type: panel.y.log ? "log" : "linear", domain: yScale.domain },
    marks: [
      gridY(yTicks),
      ...panel.x.log ? [gridX(xTicks)] : [],
      Plot.areaY(band, {
        x: "x",
        y1: "low",
        y2: "high",
        fill: color("mark-decode"),
        fillOpacity: 0.14,
      }),
      Plot.line(line, { x: "x", y: "y", stroke: color("mark-decode"), strokeWidth: 1.5 }),
      Plot.line(path, { x: "x", y: "y", stroke: color("faint"), strokeWidth: 1.5 }),
      Plot.ruleX(rules, { x: "x", stroke: color("muted"), strokeDasharray: "4 3" }),
      Plot.dot(dots.filter(({ ringed }) => ringed), {
        x: "x",
        y: "y",
        r: RADIUS + 4,
        fill: "none",
        stroke: color("ink"),
        strokeWidth: 1.5,
      }),
      ...intervalDots(dots, "mark-decode", RADIUS),
      axisX({ ticks: xTicks, text: panel.x.text }),
      axisY({ ticks: yTicks, text: panel.y.text }),
    ],
  });
  return content + svgText(0, 11, panel.heading, { fill: "ink", weight: 600 }) +
    svgText(width - MARGIN.right, PANEL_PX - 6, panel.xTitle, { anchor: "end" }) +
    names(panel, xScale, yScale, width);
}

interface Scale {
  domain: [number, number];
  (value: number): number;
}

function scaleOf(axis: PanelAxis, values: readonly number[], [from, to]: [number, number]): Scale {
  const domain = axis.log ? logDomain(values) : axisDomain(values);
  const place = (value: number) => axis.log ? Math.log(value) : value;
  const [low, high] = [place(domain[0]), place(domain[1])];
  const scale = (value: number) => from + (place(value) - low) / (high - low) * (to - from);
  return Object.assign(scale, { domain });
}

/** Some air at both ends. */
function logDomain(values: readonly number[]): [number, number] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const air = Math.max(1.08, (most / least) ** 0.07);
  return [least / air, most * air];
}

/** The ticks of the horizontal axis whose texts have room. */
function fitting(axis: PanelAxis, scale: Scale, width: number): number[] | number {
  const wanted = axis.ticks ?? (axis.log ? logTicks(scale.domain) : null);
  if (wanted === null) return Math.round(width / 110);
  const frame = { left: -Infinity, right: Infinity, top: 0, bottom: 1 };
  return firstFree(
    wanted.map((tick) => {
      const half = textWidth(axis.text(tick), SIZE) / 2 + 6;
      const x = scale(tick);
      return [{ tick, covers: [{ left: x - half, right: x + half, top: 0, bottom: 1 }] }];
    }),
    frame,
  ).flatMap((place) => place === null ? [] : [place.tick]);
}

interface NamePlace extends Place {
  text: string;
  x: number;
  y: number;
  /** From the dot to a name that found no room beside it. */
  leader?: string;
}

/** How far a name may stand from its dot, in px, the nearest first. */
const FAR = [22, 38, 54].flatMap((far) =>
  [[-10, -far], [10, -far], [10, far], [-10, far]] as const
);

/** Names beside their dots and at the top of their rules, as many as have room. */
function names(panel: DotPanel, xScale: Scale, yScale: Scale, width: number): string {
  const { dots, rules = [] } = panel;
  const frame: Box = {
    left: MARGIN.left,
    right: width,
    top: 16,
    bottom: PANEL_PX - MARGIN.bottom + 4,
  };
  const taken = dots.flatMap((dot): Box[] => {
    const [x, y] = [xScale(dot.x), yScale(dot.y)];
    const radius = RADIUS + (dot.ringed ? 6 : 2);
    const [top, bottom] = [yScale(dot.high ?? dot.y), yScale(dot.low ?? dot.y)];
    const [left, right] = [xScale(dot.xLow ?? dot.x), xScale(dot.xHigh ?? dot.x)];
    return [
      { left: x - radius, right: x + radius, top: y - radius, bottom: y + radius },
      { left: x - 1, right: x + 1, top, bottom },
      { left, right, top: y - 1, bottom: y + 1 },
    ];
  });
  const wishes = [
    ...rules.map(({ x, name }) => {
      const [at, wide] = [xScale(x), textWidth(name, SIZE)];
      return [at + 6, at - wide - 6].map((left) => placeOf(name, left, MARGIN.top + 10, wide));
    }),
    ...dots.filter(({ name }) => name !== undefined)
      .toSorted((a, b) => Number(b.ringed ?? false) - Number(a.ringed ?? false))
      .map((dot) => {
        const [x, y, text] = [xScale(dot.x), yScale(dot.y), dot.name ?? ""];
        const wide = textWidth(text, SIZE);
        const away = RADIUS + (dot.ringed ? 8 : 4);
        const ends = [yScale(dot.high ?? dot.y) - 5, yScale(dot.low ?? dot.y) + 13];
        return [
          placeOf(text, x + away, y + 4, wide),
          placeOf(text, x - away - wide, y + 4, wide),
          ...[[x + 5, y - away], [x - 5 - wide, y - away], [x + 5, y + away + 8]]
            .map(([left = 0, base = 0]) => placeOf(text, left, base, wide)),
          placeOf(text, x - 5 - wide, y + away + 8, wide),
          ...ends.map((base) => placeOf(text, x - wide / 2, base, wide)),
          ...FAR.map(([dx, dy]) => {
            const left = dx > 0 ? x + dx : x + dx - wide;
            const leader = `M${px(x + dx * 0.35)},${px(y + dy * 0.35)}L${px(x + dx)},${
              px(y + dy - Math.sign(dy) * 4)
            }`;
            return { ...placeOf(text, left, y + dy + 4, wide), leader };
          }),
        ];
      }),
  ];
  return firstFree(wishes, frame, taken).map((place) =>
    place === null
      ? ""
      : (place.leader === undefined
        ? ""
        : `<path d="${place.leader}" fill="none" stroke="${color("muted")}"/>`) +
        svgText(place.x, place.y, place.text, { fill: "ink", size: SIZE, halo: true })
  ).join("");
}

/** A text whose base line is at `y`. */
function placeOf(text: string, x: number, y: number, wide: number): NamePlace {
  return { text, x, y, covers: [{ left: x - 1, right: x + wide + 1, top: y - 10, bottom: y + 4 }] };
}
