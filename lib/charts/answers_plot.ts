/**
 * The pictures of answers over many runs: panels of dots.
 *
 * @module
 */
import type {
  BatchCost,
  ContextCost,
  ContextGrowth,
  Estimate,
  Scaling,
  ScalingPoint,
  Tradeoff,
} from "../analysis/mod.ts";
import { shortened, visibleText } from "../safe_text.ts";
import { textOf, weightsText } from "./answer.ts";
import { type DotPanel, dotPanel, type NamedDot, PANEL_PX } from "./dot_panel.ts";
import type { Drawing } from "./figure.ts";
import { sizeOf } from "./scaling.ts";
import { px } from "./svg_text.ts";
import { tickText, tickTextOf, wholeText } from "./ticks.ts";

const GAP_PX = 20;
const LEAST_PANEL_PX = 240;

/** Long names would push each other out of the picture; the whole name is in the tooltip. */
const NAME_LIMIT = 28;

/** Models over their weights, with the power law. */
export function drawScaling(
  { power, unit, metricName, points }: Scaling,
  placed: readonly ScalingPoint[],
  width: number,
): Drawing {
  const text = textOf(unit);
  const precisions = new Set(points.map(({ precision }) => precision));
  return side([{
    heading: metricName,
    xTitle: placed.some(({ isMixture }) => isMixture) ? "active weights" : "weights",
    dots: placed.map((point): NamedDot => {
      const name = precisions.size > 1 ? `${point.model} ${point.precision}` : point.model;
      return {
        ...dotOf(sizeOf(point) ?? 0, point.value, text, `${point.model} ${point.precision}\n`),
        name: nameOf(name),
        ...point.isMixture ? { color: "mark-other" } : {},
      };
    }),
    x: { log: true, text: weightsText },
    y: { log: true, text: tickTextOf(unit) },
    ...power === null ? {} : {
      line: power.band.map(({ x, value }) => ({ x, y: value })),
      band: power.band,
    },
  }], width);
}

/** Ways to run by speed and energy. */
export function drawTradeoff({ points, front, knee }: Tradeoff, width: number): Drawing {
  const [joules, rate] = [textOf("J"), textOf("1/s")];
  const dots = points.map((point): NamedDot => {
    const { label, tokensPerSecond: speed, joulesPerToken, isOnFront, surelyBeatenBy } = point;
    const beaten = surelyBeatenBy.length === 0
      ? ""
      : `\nsurely beaten by ${surelyBeatenBy.join(", ")}`;
    return {
      ...dotOf(speed.value, joulesPerToken, joules, `${label}\n${rate(speed.value)}, `, beaten),
      xLow: speed.low,
      xHigh: speed.high,
      name: nameOf(label),
      ringed: label === knee,
      color: isOnFront ? "mark-decode" : "mark-other",
    };
  });
  const isWide = (values: readonly number[]) => Math.max(...values) > 4 * Math.min(...values);
  const path = front.flatMap((label) => {
    const at = points.findIndex((point) => point.label === label);
    return dots[at] ? [{ x: dots[at].x, y: dots[at].y }] : [];
  });
  return side([{
    heading: "energy per token",
    xTitle: "tokens per second",
    dots,
    x: { log: isWide(dots.map(({ x }) => x)), text: tickText },
    y: { log: isWide(dots.map(({ y }) => y)), text: tickTextOf("J") },
    path,
  }], width);
}

/** Energy and time over the tokens in the cache, side by side. */
export function drawContext({ points, energy, time }: ContextCost, width: number): Drawing {
  const x = { log: false, text: wholeText };
  const panel = (
    heading: string,
    unit: string,
    growth: ContextGrowth | null,
    of: (point: ContextCost["points"][number]) => Estimate | null,
  ): DotPanel => {
    const text = textOf(unit);
    const dots = points.flatMap((point) => {
      const estimate = of(point);
      const head = `${point.contextTokens} tokens in the cache\n`;
      return estimate === null ? [] : [dotOf(point.contextTokens, estimate, text, head)];
    });
    const ends = [dots[0]?.x ?? 0, dots.at(-1)?.x ?? 0];
    const height = ({ atEmptyCache, perThousandTokens }: ContextGrowth, at: number) =>
      atEmptyCache.value + perThousandTokens.value * at / 1e3;
    return {
      heading,
      xTitle: "tokens in the cache",
      dots,
      x,
      y: { log: false, text: tickTextOf(unit) },
      ...growth === null ? {} : { line: ends.map((at) => ({ x: at, y: height(growth, at) })) },
      ...growth?.knee
        ? { rules: [{ x: growth.knee.at, name: `bends at ${Math.round(growth.knee.at)}` }] }
        : {},
    };
  };
  return side([
    panel("energy per token", "J", energy, ({ joulesPerToken }) => joulesPerToken),
    panel("time per token", "ms", time, ({ tokensPerSecond }) => msOf(tokensPerSecond)),
  ], width);
}

/** A rate in 1/s as ms; its ends change places. */
function msOf(rate: Estimate | null): Estimate | null {
  if (rate === null || rate.value <= 0) return null;
  const inverse = (end: number | null) => end === null || end <= 0 ? null : 1000 / end;
  const { value, low, high, resolved } = rate;
  return { value: 1000 / value, low: inverse(high), high: inverse(low), resolved };
}

/** Energy per token and throughput over the batch size, side by side. */
export function drawBatch({ points, optimum }: BatchCost, width: number): Drawing {
  const sizes = points.map(({ batchSize }) => batchSize);
  const x = { log: true, text: wholeText, ticks: sizes };
  const panel = (
    heading: string,
    unit: string,
    of: (point: BatchCost["points"][number]) => Estimate | null,
  ): DotPanel => {
    const text = textOf(unit);
    const dots = points.flatMap((point): NamedDot[] => {
      const estimate = of(point);
      if (estimate === null) return [];
      return [{
        ...dotOf(point.batchSize, estimate, text, `batch size ${point.batchSize}\n`),
        ringed: point.batchSize === optimum,
        color: point.isAmongBest ? "mark-decode" : "mark-other",
      }];
    });
    return {
      heading,
      xTitle: "batch size",
      dots,
      x,
      y: { log: false, text: tickTextOf(unit) },
      path: dots,
    };
  };
  return side([
    panel("energy per token", "J", ({ joulesPerToken }) => joulesPerToken),
    panel("tokens per second, all together", "1/s", ({ tokensPerSecond }) => tokensPerSecond),
  ], width);
}

function dotOf(
  x: number,
  { value, low, high, resolved }: Estimate,
  text: (value: number) => string,
  head: string,
  tail = "",
): NamedDot {
  const ends = low === null || high === null ? ", no interval" : ` (${text(low)} to ${text(high)})`;
  const note = resolved ? "" : ", not resolved";
  return {
    x,
    y: value,
    low,
    high,
    resolved,
    tooltip: `${head}${text(value)}${ends}${note}${tail}`,
  };
}

function nameOf(text: string): string {
  return visibleText(shortened(text, NAME_LIMIT)).replaceAll("\n", "↵");
}

/** Panels side by side, or below each other where they would be too narrow. */
function side(panels: readonly DotPanel[], width: number): Drawing {
  const beside = (width - (panels.length - 1) * GAP_PX) / panels.length;
  const below = panels.length > 1 && beside < LEAST_PANEL_PX;
  const place = (at: number) => below ? [0, at * PANEL_PX] : [at * (beside + GAP_PX), 0];
  const svg = panels.map((panel, at) =>
    `<g transform="translate(${place(at).map(px).join(",")})">${
      dotPanel(panel, below ? width : beside)
    }</g>`
  ).join("");
  return { svg, height: below ? panels.length * PANEL_PX : PANEL_PX };
}
