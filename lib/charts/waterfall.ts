/**
 * One token, from its embedding to its text: what each layer added.
 *
 * @module
 */
import type { ProfilingRun } from "../record.ts";
import { FAMILIES, familyName, familyOf } from "./component_families.ts";
import { Figure } from "./figure.ts";
import {
  type ChartOptions,
  energyTitle,
  insideNotes,
  type InsideRun,
  noEnergy,
  notInside,
  twinNotes,
} from "./inside_notes.ts";
import type { InsideRows } from "./inside_rows.ts";
import { messageFigure } from "./message_figure.ts";
import { checkedWidth } from "./width.ts";
import { percent, tickMj, tickMs } from "./ticks.ts";
import { familyColor } from "./theme.ts";
import { type TokenPart, tokenParts } from "./token_parts.ts";
import { formatInterval, formatMj, formatMs } from "../quantities.ts";
import { shortened, visibleText } from "../safe_text.ts";

/** What a waterfall shows of a run. */
export type WaterfallRun = InsideRun & Pick<ProfilingRun, "tokens">;

/** How a waterfall is drawn. */
export interface WaterfallOptions extends ChartOptions {
  /** Which token; 1, the first of the decode phase, unless given, or 0 where it is the only one. */
  token?: number;
  /** What the bars are; energy unless given. */
  metric?: "energy" | "time";
  /** What a database holds of the run, for one that was read from it: its components. */
  rows?: InsideRows;
}

interface Row {
  label: string;
  parts: TokenPart[];
}

/**
 * Draws one token as steps: every layer begins where the one before it ended.
 *
 * @throws {InputError} If the width is no width.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { charts } from "@tokenwatt/tokenwatt";
 * import type { ProfilingRun } from "@tokenwatt/tokenwatt";
 *
 * async function draw(run: ProfilingRun): Promise<void> {
 *   await charts.waterfall(run, { token: 5 }).save("token-5.svg");
 * }
 * assert(typeof draw === "function");
 * ```
 */
export function waterfall(run: WaterfallRun, options: WaterfallOptions = {}): Figure {
  const { token = run.tokens.length > 1 ? 1 : 0, metric = "energy", rows } = options;
  const width = checkedWidth(options.width);
  const title = options.title ??
    (metric === "energy"
      ? energyTitle(run, `inside token ${token}`)
      : `Time inside token ${token}`);
  if (run.inside === null && rows === undefined) return notInside(title, width);
  const parts = tokenParts(run, token, rows);
  if (parts === null) {
    return messageFigure({
      title,
      reason: `The parts of token ${token} are not known; the run has ${run.tokens.length} tokens`,
      remedy: "Choose one of its tokens; for a run from a database give its rows: " +
        '{ rows: { components: db.getComponentMetrics("last") } }',
      width,
    });
  }
  const isEnergy = metric === "energy";
  if (isEnergy && parts.some(({ energyMj }) => energyMj === null)) return noEnergy(title, width);
  const valueOf = (part: TokenPart) => isEnergy ? part.energyMj ?? 0 : part.durationMs;
  const total = parts.reduce((sum, part) => sum + valueOf(part), 0);
  const format = isEnergy ? formatMj : formatMs;
  const steps = stepsOf(run, parts);
  const largest = steps.map((step) => ({ ...step, value: sum(step.parts, valueOf) }))
    .sort((a, b) => b.value - a.value).slice(0, 5);
  return new Figure({
    title,
    subtitle: subtitle(run, token, total, format),
    caption: [
      ...(token === 0 ? ["Token 0 is the prefill: it stands for the whole prompt."] : []),
      ...(run.inside?.cells ? [] : ["Of the first repetition."]),
      ...(isEnergy
        ? ["No part of a single token is resolved.", ...insideNotes(run, run.inside?.parts ?? [])]
        : twinNotes(run)),
    ],
    alt: `${title}: ${
      largest.map(({ label, value }) => `${label} ${format(value)}, ${percent(value, total)}`)
        .join("; ")
    }`,
    width,
    draw: async () => {
      const { drawBarRows } = await import("./bar_rows.ts");
      const { boxItem } = await import("./legend.ts");
      let at = 0;
      const bars = steps.map(({ label, parts }) => {
        const from = at;
        const segments = parts.map((part) => {
          at += valueOf(part);
          return {
            from: at - valueOf(part),
            to: at,
            paint: familyColor(familyOf(part.component)),
            resolved: true,
            tooltip: `${label}, ${part.component}: ${formatMs(part.durationMs)}\n${energyOf(part)}`,
          };
        });
        const ends = isEnergy ? endsOf(parts) : null;
        const mj = at - from;
        return {
          label,
          segments,
          low: ends && from + ends.lowMj,
          high: ends && from + ends.highMj,
          text: `${
            isEnergy ? formatInterval({ mj, lowMj: null, highMj: null, ...ends }) : formatMs(mj)
          } · ${percent(mj, total)}`,
          shortText: format(mj),
        };
      });
      const families = new Set(parts.map(({ component }) => familyOf(component)));
      const legend = FAMILIES.filter((family) => families.has(family))
        .map((family) => boxItem(familyName(family), familyColor(family)));
      return drawBarRows(bars, { width, legend, tick: isEnergy ? tickMj : tickMs });
    },
  });
}

const BEFORE = ["embed_tokens", "mask_positions"];
const AFTER = ["final_norm", "lm_head", "partition", "other", "sampling", "framework", "gaps"];

/** What comes before the layers, the layers, what comes after; components in the order of the run. */
function stepsOf({ inside }: InsideRun, parts: readonly TokenPart[]): Row[] {
  // Rows of a database are in the order of names.
  const order = [...new Set((inside?.parts ?? []).map(({ component }) => component))];
  const inOrder = (own: TokenPart[]) =>
    own.toSorted((a, b) => order.indexOf(a.component) - order.indexOf(b.component));
  const outside = parts.filter(({ layer }) => layer === null)
    .sort((a, b) => AFTER.indexOf(a.component) - AFTER.indexOf(b.component))
    .map((part) => ({ label: part.component, parts: [part] }));
  const layers = [...Map.groupBy(parts.filter(({ layer }) => layer !== null), ({ layer }) => layer)]
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([layer, own]) => ({ label: `layer ${layer}`, parts: inOrder(own) }));
  return [
    ...outside.filter(({ label }) => BEFORE.includes(label)),
    ...layers,
    ...outside.filter(({ label }) => !BEFORE.includes(label)),
  ];
}

function sum(parts: readonly TokenPart[], valueOf: (part: TokenPart) => number): number {
  return parts.reduce((total, part) => total + valueOf(part), 0);
}

/** Sums of limits that cannot be passed. */
function endsOf(parts: readonly TokenPart[]): { lowMj: number; highMj: number } | null {
  if (parts.some(({ lowMj, highMj }) => lowMj === null || highMj === null)) return null;
  return {
    lowMj: sum(parts, ({ lowMj }) => lowMj ?? 0),
    highMj: sum(parts, ({ highMj }) => highMj ?? 0),
  };
}

function energyOf({ energyMj: mj, lowMj, highMj }: TokenPart): string {
  return `${formatInterval({ mj, lowMj, highMj })}${mj === null ? "" : ", not resolved"}`;
}

function subtitle(
  run: WaterfallRun,
  index: number,
  total: number,
  format: (value: number) => string,
): string {
  const token = run.tokens.find((one) => one.index === index);
  const text = token === undefined ? "" : `“${visibleText(shortened(token.text, 40))}” · `;
  return `${text.replaceAll("\n", "↵")}${run.power.label} · ${format(total)}`;
}
