/**
 * The picture of comparisons: a row each, both arms on the left, their difference on the right.
 *
 * @module
 */
import type { Comparison, Estimate } from "../analysis/mod.ts";
import { MOST_PERCENT, mostPercent } from "../quantities.ts";
import { escapeHtml, shortened, visibleText } from "../safe_text.ts";
import { textOf } from "./answer.ts";
import { textWidth, wrapText } from "./labels.ts";
import { px, svgText } from "./svg_text.ts";
import { color, type ColorName } from "./theme.ts";

/** What stands where an interval holds 0. */
export const NO_DIFFERENCE = "no difference can be seen";

const HEAD_PX = 20;
const ROW_PX = 84;
const AXIS_PX = 24;
const GAP_PX = 22;
const NARROW_PX = 520;

/** More than this is said by an arrow: the axis must leave room for the others. */
const FARTHEST_PERCENT = 200;

/** Height of all rows, in px. */
export function comparisonHeight(list: readonly Comparison[]): number {
  return list.length === 0 ? 0 : HEAD_PX + list.length * ROW_PX + AXIS_PX;
}

/** Draws the rows, `width` px wide. */
export function drawComparison(list: readonly Comparison[], width: number): string {
  if (list.length === 0) return "";
  const textPx = Math.round(width * 0.34);
  // In a narrow place the numbers of the arms must do.
  const narrow = width < NARROW_PX;
  const half = narrow ? width - textPx - GAP_PX : (width - textPx - 2 * GAP_PX) / 2;
  const arms: Stretch = narrow ? [textPx, textPx] : [textPx + GAP_PX, textPx + GAP_PX + half];
  const [low, high] = percentDomain(list);
  const toX = scale([low, high], [arms[1] + GAP_PX, width - 14]);
  const foot = HEAD_PX + list.length * ROW_PX;
  const head = (narrow ? "" : svgText(arms[0], 11, "each arm", { fill: "ink", weight: 600 })) +
    svgText(arms[1] + GAP_PX, 11, "difference", { fill: "ink", weight: 600 });
  const lanes = list.map((_, at) => `M0,${HEAD_PX + at * ROW_PX + LANE[0]}v${LANE[1] - LANE[0]}`);
  const grid = percentTicks(low, high, half / TICK_PX).map((percent) =>
    `<path transform="translate(${px(toX(percent))},0)" d="${lanes.join("")}" fill="none" stroke="${
      color(percent === 0 ? "muted" : "grid")
    }"/>` + svgText(toX(percent), foot + 12, signed(percent), { anchor: "middle" })
  ).join("");
  const rows = list.map((one, at) =>
    `<g transform="translate(0,${HEAD_PX + at * ROW_PX})">${
      armsSvg(one, arms, textPx, at > 0 ? width : 0)
    }${differenceSvg(one, toX, [low, high])}</g>`
  ).join("");
  return head + floors(list, toX) + grid + rows;
}

/** Where a row's difference is drawn; its words stand below. */
const LANE = [22, 52] as const;

/** Room for the text of a tick. */
const TICK_PX = 48;

type Stretch = [from: number, to: number];

function scale([low, high]: Stretch, [from, to]: Stretch): (value: number) => number {
  return (value) =>
    from + (Math.max(low, Math.min(value, high)) - low) / (high - low) * (to - from);
}

/** All intervals and floors, and 0. */
function percentDomain(list: readonly Comparison[]): Stretch {
  const ends = list.flatMap(({ percent: { value, low, high }, floor }) => [
    0,
    value,
    low ?? value,
    high ?? value,
    floor.percent ?? 0,
    -(floor.percent ?? 0),
  ]).map((end) => Math.max(-100, Math.min(end, FARTHEST_PERCENT)));
  const [least, most] = [Math.min(...ends), Math.max(...ends)];
  const air = 0.06 * (most - least) || 1;
  return [least - air, most + air];
}

function percentTicks(low: number, high: number, most: number): number[] {
  const rough = (high - low) / Math.max(1, Math.floor(most));
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((size) => size >= rough) ?? rough;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, at) => {
    const tick = (first + at) * step;
    return Number(tick.toPrecision(6));
  });
}

/** What could not have been found, behind each row. */
function floors(list: readonly Comparison[], toX: (percent: number) => number): string {
  return list.map(({ floor: { percent } }, at) => {
    if (percent === null) return "";
    const [from, to] = [toX(-percent), toX(percent)];
    return `<rect x="${px(from)}" y="${HEAD_PX + at * ROW_PX + LANE[0]}" width="${
      px(to - from)
    }" height="${LANE[1] - LANE[0]}" fill="${color("phase-other")}"><title>less than ${
      percent.toPrecision(2)
    } % would often not be found</title></rect>`;
  }).join("");
}

const [Y_NAME, Y_A, Y_B] = [18, 40, 62];

function armsSvg(
  { metricName, unit, a, b, outcome }: Comparison,
  [from, to]: Stretch,
  textPx: number,
  rulePx: number,
): string {
  const text = textOf(unit);
  const ends = [a.value, b.value].flatMap(({ value, low, high }) => [value, low, high])
    .filter((end) => end !== null);
  const [least, most] = [Math.min(...ends), Math.max(...ends)];
  const air = 0.08 * (most - least) || Math.abs(most) || 1;
  const toX = scale([least - air, most + air], [from, to]);
  const name = metricName.charAt(0).toUpperCase() + metricName.slice(1);
  const line = (label: string, { value }: Estimate, y: number) => {
    const figure = text(value);
    const roomPx = textPx - textWidth(figure, 12) - 12;
    const shown = wrapText(visibleText(shortened(label, 60)), roomPx, 12)[0] ?? "";
    return svgText(0, y, shown, { size: 12 }) +
      svgText(textPx, y, figure, { size: 12, fill: "ink", anchor: "end" });
  };
  const clear: ColorName = outcome === "unclear" ? "muted" : "mark-decode";
  return (rulePx > 0
    ? `<path d="M0,0.5H${px(rulePx)}" fill="none" stroke="${color("grid")}"/>`
    : "") +
    svgText(0, Y_NAME, wrapText(name, textPx, 12)[0] ?? "", {
      size: 12,
      weight: 600,
      fill: "ink",
    }) +
    line(a.label, a.value, Y_A) + line(b.label, b.value, Y_B) +
    (from === to ? "" : whisker(a.value, toX, Y_A - 4, "muted", a.value.resolved, tip(a, text)) +
      whisker(b.value, toX, Y_B - 4, clear, b.value.resolved, tip(b, text)));
}

function tip({ label, runs, value }: Comparison["a"], text: (value: number) => string): string {
  const { low, high } = value;
  const ends = low === null || high === null ? "" : ` (${text(low)} to ${text(high)})`;
  return `${label}: ${text(value.value)}${ends}\n${runs} runs`;
}

function differenceSvg(
  { percent, outcome, test, verdict }: Comparison,
  toX: (percent: number) => number,
  [low, high]: Stretch,
): string {
  const unclear = outcome === "unclear";
  const name: ColorName = unclear ? "muted" : "mark-decode";
  const p = test.p === null ? "" : `\n${test.name}, p ${test.p.toPrecision(2)}`;
  const words = unclear ? NO_DIFFERENCE : percentText(percent);
  const [left, right] = [toX(low), toX(high)];
  return whisker(percent, toX, 37, name, !unclear, `${verdict}${p}`) +
    ["low", "high"].map((end) => {
      const value = percent[end as "low" | "high"];
      const outside = value === null || value < low || value > high;
      if (!outside) return "";
      const [at, way] = end === "low" ? [left, -5] : [right, 5];
      return `<path d="M${px(at)},32l${way},5l${-way},5" fill="none" stroke="${
        color(name)
      }" stroke-width="1.5"/>`;
    }).join("") +
    svgText((left + right) / 2, Y_B + 6, words, {
      anchor: "middle",
      fill: unclear ? "muted" : "ink",
      weight: 600,
      halo: true,
    });
}

/** An interval that lies, and its dot. */
function whisker(
  { value, low, high }: Estimate,
  toX: (value: number) => number,
  y: number,
  name: ColorName,
  filled: boolean,
  title: string,
): string {
  const ink = color(name);
  const line = low === null && high === null
    ? ""
    : `<path d="M${px(toX(low ?? -Infinity))},${y}H${
      px(toX(high ?? Infinity))
    }" fill="none" stroke="${ink}" stroke-width="3" stroke-opacity="0.5"/>`;
  const [fill, rim] = filled ? [ink, color("surface")] : [color("surface"), ink];
  return `<g><title>${escapeHtml(title)}</title>${line}<circle cx="${
    px(toX(value))
  }" cy="${y}" r="3.5" fill="${fill}" stroke="${rim}" stroke-width="1.5"/></g>`;
}

/** A difference with its ends: "−18.2 % (−20.1 to −16.4)". */
export function percentText(percent: Estimate): string {
  const { value, low, high } = percent;
  const told = (end: number, unit: string) =>
    end > mostPercent(percent) ? `more than +${MOST_PERCENT}${unit}` : signed(end, unit);
  const ends = low === null || high === null ? "" : ` (${told(low, "")} to ${told(high, "")})`;
  return told(value, " %") + ends;
}

function signed(percent: number, unit = " %"): string {
  const size = Math.abs(percent);
  const digits = size >= 100 ? size.toFixed(0) : String(Number(size.toPrecision(3)));
  return `${percent < 0 ? "−" : percent > 0 ? "+" : ""}${digits}${unit}`;
}
