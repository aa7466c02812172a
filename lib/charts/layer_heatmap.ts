/**
 * Every layer in every token: where in the model and when in the text the energy goes.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { formatMs } from "../quantities.ts";
import { Figure } from "./figure.ts";
import {
  type ChartOptions,
  energyText,
  energyTitle,
  type InsideRun,
  noEnergy,
  notInside,
} from "./inside_notes.ts";
import type { InsideRows } from "./inside_rows.ts";
import { MEANINGS } from "./layer_metrics.ts";
import { type HeatmapMetric, type LayerValues, layerValues } from "./layer_values.ts";
import { altText, caption, rowTooltip, type Shown, subtitle } from "./layer_words.ts";
import type { MarginBar } from "./margin_bars.ts";
import { messageFigure } from "./message_figure.ts";
import { checkedWidth } from "./width.ts";

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

function plain(value: number): string {
  return String(Number(value.toPrecision(4))).replace("-", "−");
}
