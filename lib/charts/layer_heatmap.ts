/**
 * Every layer in every token: where in the model and when in the text the energy goes.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { Figure } from "./figure.ts";
import {
  type ChartOptions,
  energyText,
  energyTitle,
  insideNotes,
  type InsideRun,
  noEnergy,
  notInside,
  twinNotes,
} from "./inside_notes.ts";
import type { InsideRows } from "./inside_rows.ts";
import { type HeatmapMetric, type LayerValues, layerValues } from "./layer_values.ts";
import { messageFigure } from "./message_figure.ts";
import { kindNote } from "./caption.ts";
import { checkedWidth } from "./width.ts";
import { formatMj, formatMs, threeDigits } from "../quantities.ts";
import type { MarginBar } from "./margin_bars.ts";

export type { HeatmapMetric } from "./layer_values.ts";

/** How a heat map of layers is drawn. */
export interface LayerHeatmapOptions extends ChartOptions {
  /** What the colours are; energy unless given. */
  metric?: HeatmapMetric;
  /** Only this component of each layer, such as `"down_proj"`; not for entropy. */
  component?: string;
  /** What a database holds of the run, for one that was read from it. */
  rows?: InsideRows;
}

interface Meaning {
  title: string;
  unit: string;
  format(value: number): string;
  /** Whether the prefill stands for the whole prompt, and so dwarfs single tokens. */
  isSum: boolean;
  missing: string;
  remedy: string;
}

const ACTIVATIONS = {
  isSum: false,
  missing: "The activations of this run were not taken",
  remedy: "Profile with --depth component --activations on",
};
const ROWS =
  'For a run from a database give its rows: { rows: { layers: db.getLayerMetrics("last") } }';

const MEANINGS: Record<HeatmapMetric, Meaning> = {
  energy: {
    title: "by layer and token",
    unit: "mJ",
    format: formatMj,
    isSum: true,
    missing: "The energy of this run's layers is not known by token",
    remedy: ROWS,
  },
  time: {
    title: "Time by layer and token",
    unit: "ms",
    format: formatMs,
    isSum: true,
    missing: "The time of this run's layers is not known by token",
    remedy: ROWS,
  },
  activation: {
    ...ACTIVATIONS,
    title: "Mean |activation| by layer and token",
    unit: "mean |x|",
    format: threeDigits,
  },
  sparsity: {
    ...ACTIVATIONS,
    title: "Activations near zero by layer and token",
    unit: "near zero",
    format: (share) => `${threeDigits(100 * share)} %`,
  },
  entropy: {
    title: "Entropy of attention by layer and token",
    unit: "nats",
    format: (nats) => `${threeDigits(nats)} nats`,
    isSum: false,
    missing: "The attention of this run was not looked at",
    remedy: "Profile with --depth component --activations deep",
  },
};

/**
 * Draws layers × tokens, coloured by energy, time, mean activation, sparsity or entropy of attention.
 *
 * Energy and time leave out token 0: it stands for the whole prompt. A run that was read from a
 * database needs its rows.
 *
 * @throws {InputError} If the width is no width, or the metric is none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { charts } from "@tokenwatt/tokenwatt";
 * import type { ProfilingRun } from "@tokenwatt/tokenwatt";
 *
 * async function draw(run: ProfilingRun): Promise<void> {
 *   await charts.layerHeatmap(run, { metric: "time" }).save("layers.svg");
 * }
 * assert(typeof draw === "function");
 * ```
 */
export function layerHeatmap(run: InsideRun, options: LayerHeatmapOptions = {}): Figure {
  const { metric = "energy", component, rows } = options;
  const width = checkedWidth(options.width);
  if (!Object.hasOwn(MEANINGS, metric)) {
    throw new InputError(`Cannot draw layers by "${metric}"`, {
      remedy: `choose one of: ${Object.keys(MEANINGS).join(", ")}`,
    });
  }
  const meaning = MEANINGS[metric];
  const of = component === undefined ? "" : ` of ${component}`;
  const name = metric === "energy" ? energyTitle(run, meaning.title) : meaning.title;
  const title = options.title ?? `${name}${of}`;
  if (run.inside === null && rows === undefined) return notInside(title, width);
  if (metric === "energy" && run.totals.energyMj === null) return noEnergy(title, width);
  const found = layerValues(run, metric, rows, component);
  if (found === null) {
    return messageFigure({ title, reason: meaning.missing, remedy: meaning.remedy, width });
  }
  const shown = meaning.isSum ? withoutPrefill(found) : { ...found, firstToken: 0 };
  const bars = meaning.isSum && component === undefined ? layerBars(run, metric) : undefined;
  return new Figure({
    title,
    subtitle: subtitle(run, shown),
    caption: caption(run, metric, shown, bars !== undefined),
    alt: altText(title, shown, meaning),
    width,
    draw: async () => {
      const { drawHeatGrid } = await import("./heat_grid.ts");
      return drawHeatGrid({
        rowLabels: shown.layers.map(String),
        rowTitle: "layer",
        columns: shown.tokens,
        firstColumn: shown.firstToken,
        columnTitle: "token index",
        values: shown.values,
        tick: (value) => metric === "sparsity" ? meaning.format(value) : plain(value),
        unit: meaning.unit,
        tooltip: (row, column, value) =>
          `layer ${shown.layers[row]}, token ${column + shown.firstToken}: ${
            meaning.format(value)
          }`,
        rowTooltip: (row) => rowTooltip(shown, row, meaning),
        cellText: shown.tokens > 12 ? () => "" : meaning.format,
        ...(bars === undefined ? {} : {
          margin: {
            title: `${meaning.unit} in decode`,
            bars: shown.layers.map((layer) => bars.get(layer) ?? null),
            tick: (value: number) => meaning.format(value),
          },
        }),
      }, width);
    },
  });
}

type Shown = LayerValues & { firstToken: number };

function withoutPrefill(found: LayerValues): Shown {
  if (found.tokens < 2) return { ...found, firstToken: 0 };
  const tokens = found.tokens - 1;
  const values = new Float64Array(found.layers.length * tokens);
  found.layers.forEach((_, row) => {
    const from = row * found.tokens + 1;
    values.set(found.values.subarray(from, from + tokens), row * tokens);
  });
  return { layers: found.layers, tokens, values, firstToken: 1 };
}

/** What each layer took in decode, with limits that are closer than those of single tokens. */
function layerBars(run: InsideRun, metric: HeatmapMetric): Map<number, MarginBar> | undefined {
  const layers = (run.inside?.layers ?? []).filter(({ phase }) => phase === "decode");
  const bars = layers.flatMap((part): [number, MarginBar][] => {
    const value = metric === "energy" ? part.energyMj : part.durationMs;
    if (value === null || part.layer === null) return [];
    const text = metric === "energy" ? energyText(part) : formatMs(part.durationMs);
    return [[part.layer, {
      value,
      low: metric === "energy" ? part.lowMj : null,
      high: metric === "energy" ? part.highMj : null,
      resolved: metric === "time" || part.resolved,
      tooltip: `layer ${part.layer} in decode: ${text}`,
    }]];
  });
  return bars.length === 0 ? undefined : new Map(bars);
}

function subtitle(run: InsideRun, { layers, tokens }: Shown): string {
  const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;
  return `${run.power.label} · ${counted(layers.length, "layer")} × ${counted(tokens, "token")}`;
}

function caption(run: InsideRun, metric: HeatmapMetric, shown: Shown, hasBars: boolean): string[] {
  const notes: string[] = [];
  if (metric === "energy" || metric === "time") {
    notes.push(
      shown.firstToken > 0
        ? "Token 0, the prefill, is left out: it stands for the whole prompt."
        : "The only token is the prefill: it stands for the whole prompt.",
    );
    if (hasBars) notes.push("Bars are the layers' sums over the decode phase.");
    if (run.inside?.cells === null) notes.push("Tokens are those of the first repetition.");
    if (metric === "energy") return [...notes, ...insideNotes(run, run.inside?.layers ?? [])];
    return [...notes, ...kindNote(run.power), ...twinNotes(run)];
  }
  notes.push("Token 0 is the mean over the prompt's positions.");
  if (metric === "activation") notes.push("Means over the components that could be seen.");
  if (metric === "sparsity") {
    notes.push("The share of values near zero, over the components that could be seen.");
  }
  if (metric === "entropy") {
    notes.push(
      "Means over the heads: 0 looks at one position; it can grow with the text, to ln n.",
    );
  }
  return [...notes, "Taken in a twin run over the same tokens."];
}

function rowOf({ values, tokens }: Shown, row: number): number[] {
  return [...values.subarray(row * tokens, (row + 1) * tokens)].filter((v) => !Number.isNaN(v));
}

function rowTooltip(shown: Shown, row: number, { format }: Meaning): string {
  const known = rowOf(shown, row);
  if (known.length === 0) return `layer ${shown.layers[row]}: not known`;
  const mean = known.reduce((a, b) => a + b, 0) / known.length;
  const [least, most] = [
    known.reduce((a, b) => Math.min(a, b)),
    known.reduce((a, b) => Math.max(a, b)),
  ];
  return `layer ${shown.layers[row]}: mean ${format(mean)} per token, ${format(least)} to ${
    format(most)
  }`;
}

function altText(title: string, shown: Shown, { format }: Meaning): string {
  const means = shown.layers.map((layer, row) => {
    const known = rowOf(shown, row);
    return { layer, mean: known.reduce((a, b) => a + b, 0) / known.length };
  }).filter(({ mean }) => !Number.isNaN(mean)).sort((a, b) => a.mean - b.mean);
  const [least, most] = [means[0], means.at(-1)];
  const ends = least === undefined || most === undefined
    ? "nothing known"
    : `layer ${least.layer} has the least, ${format(least.mean)} per token, layer ${most.layer} ` +
      `the most, ${format(most.mean)}`;
  return `${title}: ${shown.layers.length} layers × ${shown.tokens} tokens; ${ends}`;
}

function plain(value: number): string {
  return String(Number(value.toPrecision(4))).replace("-", "−");
}
