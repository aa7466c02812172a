/**
 * The picture of token energies: ramp, text, and bars with their intervals.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import type { RunTotals } from "../record.ts";
import type { Drawing } from "./figure.ts";
import { HATCH, HATCH_DEFS } from "./hatch.ts";
import { boxItem, hatchItem, type LegendItem, legendRows, rampItem } from "./legend.ts";
import { plotContent } from "./plot_content.ts";
import { svgText } from "./svg_text.ts";
import { formatMj } from "../quantities.ts";
import { visibleText } from "../safe_text.ts";
import { color, type ColorName, FONT } from "./theme.ts";
import { type Ramp, tokenRamp } from "./token_ramp.ts";
import { textHtml, textSvg } from "./token_text.ts";
import type { GroupView } from "./token_views.ts";

const STRIP_PX = 150;
const MARGIN = { left: 56, right: 8, top: 26, bottom: 36 };

/** Draws groups of tokens, `width` px wide. */
export function drawTokens(
  groups: readonly GroupView[],
  view: { width: number; prompt: string; totals: RunTotals },
): Drawing {
  const { width, prompt } = view;
  const ramp = tokenRamp(groups);
  const legend = legendSvg(groups, ramp, width);
  const strip = stripSvg(groups, ramp, width);
  const text = textSvg(prompt, groups, ramp, width);
  const textTop = legend.height + (legend.height > 0 ? 8 : 0);
  const stripTop = textTop + text.height + 14;
  const picture = (content: string, height: number) =>
    height === 0
      ? ""
      : `<svg aria-hidden="true" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
        `font-family="${FONT}">${HATCH_DEFS}${content}</svg>`;
  return {
    svg: `${HATCH_DEFS}${legend.svg}<g transform="translate(0,${textTop})">${text.svg}</g>` +
      `<g transform="translate(0,${stripTop})">${strip.svg}</g>`,
    height: stripTop + strip.height,
    html: picture(legend.svg, legend.height) + textHtml(prompt, groups, ramp) +
      picture(strip.svg, strip.height),
  };
}

interface Piece {
  svg: string;
  height: number;
}

/** The ramp with its ends in mJ per token, then a sample of each way in which a group can differ. */
function legendSvg(groups: readonly GroupView[], ramp: Ramp | null, width: number): Piece {
  const items: LegendItem[] = [];
  if (ramp !== null) items.push(rampItem(tick(ramp.lowMj), `${tick(ramp.highMj)} mJ per token`));
  const prefill = groups.find((group) => group.phase === "prefill");
  if (prefill !== undefined) {
    const value = prefill.mjPerToken === null ? "" : ` ${formatMj(prefill.mjPerToken)}`;
    items.push(boxItem(`prefill${value}`, "none", color("mark-prefill")));
  }
  if (groups.some((group) => group.mjPerToken !== null && !group.resolved && !group.faded)) {
    items.push(hatchItem("not resolved", color("ramp-3")));
  }
  if (groups.some((group) => group.mjPerToken === null)) {
    items.push(boxItem("not measured", "none", color("muted"), ' stroke-dasharray="2 2"'));
  }
  if (groups.some((group) => group.faded)) items.push(boxItem("not asked for", color("grid")));
  return legendRows(items, width);
}

function tick(value: number): string {
  return String(Number(value.toPrecision(6))).replace("-", "−");
}

/** Energy per token of each decode group over the token's index. */
function stripSvg(groups: readonly GroupView[], ramp: Ramp | null, width: number): Piece {
  const last = groups.at(-1)?.lastIndex ?? 0;
  const known = groups.filter((group) => group.phase === "decode" && group.mjPerToken !== null);
  if (ramp === null || known.length === 0) return { svg: "", height: 0 };
  const ends = known.flatMap(({ mjPerToken, lowMj, highMj }) => [
    mjPerToken ?? 0,
    lowMj ?? 0,
    highMj ?? 0,
  ]);
  const height = STRIP_PX + MARGIN.top + MARGIN.bottom;
  const barPx = (width - MARGIN.left - MARGIN.right) / (last + 1);
  const bars = {
    x1: (d: GroupView) => d.firstIndex - 0.5,
    x2: (d: GroupView) => d.lastIndex + 0.5,
    y1: 0,
    y2: (d: GroupView) => d.mjPerToken ?? 0,
    insetLeft: barPx > 3 ? 0.75 : 0,
    insetRight: barPx > 3 ? 0.75 : 0,
  };
  const middle = (d: GroupView) => (d.firstIndex + d.lastIndex) / 2;
  const svg = plotContent({
    width,
    height,
    marginLeft: MARGIN.left,
    marginRight: MARGIN.right,
    marginTop: MARGIN.top,
    marginBottom: MARGIN.bottom,
    x: { domain: [-0.5, last + 0.5] },
    y: { domain: [Math.min(0, ...ends), 1.06 * Math.max(...ends)] },
    marks: [
      Plot.gridY({ stroke: color("grid"), strokeOpacity: 1, ticks: 4 }),
      Plot.rect(known, {
        ...bars,
        fill: (d) => d.faded ? color("grid") : color(`ramp-${ramp.stepOf(d) ?? 0}` as ColorName),
        title: (d) => visibleText(d.tooltip),
      }),
      Plot.rect(known.filter((group) => !group.resolved && !group.faded), {
        ...bars,
        fill: HATCH,
        pointerEvents: "none",
      }),
      Plot.ruleX(known.filter((group) => group.lowMj !== null && group.highMj !== null), {
        x: middle,
        y1: (d) => d.lowMj ?? 0,
        y2: (d) => d.highMj ?? 0,
        stroke: color("ink"),
        strokeWidth: Math.max(0.5, Math.min(1.25, barPx / 2)),
      }),
      Plot.ruleY([0], { stroke: color("faint") }),
      Plot.axisX({
        color: color("muted"),
        tickSize: 0,
        tickPadding: 8,
        ticks: Math.min(last, Math.round(width / 80)),
        tickFormat: (d) => Number.isInteger(d) ? String(d) : "",
        label: null,
      }),
      Plot.axisY({
        color: color("muted"),
        tickSize: 0,
        tickPadding: 8,
        ticks: 4,
        tickFormat: (d) => `${tick(d)} mJ`,
        label: null,
      }),
    ],
  });
  return {
    svg: svg + svgText(0, 11, "mJ per token", { fill: "ink", weight: 600 }) +
      svgText(width - MARGIN.right, height - 3, "token index", { anchor: "end" }),
    height,
  };
}
