/**
 * How widely each head of attention looks.
 *
 * @module
 */
import { Figure } from "./figure.ts";
import { headColumns, type HeadValues } from "./head_values.ts";
import { type ChartOptions, type InsideRun, notInside } from "./inside_notes.ts";
import type { InsideRows } from "./inside_rows.ts";
import type { MarginBar } from "./margin_bars.ts";
import { messageFigure } from "./message_figure.ts";
import { checkedWidth } from "./width.ts";
import { plain } from "./ticks.ts";
import { threeDigits } from "../quantities.ts";

/** How entropies of attention are drawn. */
export interface AttentionEntropyOptions extends ChartOptions {
  /** What a database holds of the run, for one that was read from it: its deep statistics. */
  rows?: InsideRows;
}

interface HeadSummary {
  mean: number;
  least: number;
  most: number;
}

/**
 * Draws layers × heads by the mean entropy of their attention in decode, in nats.
 *
 * 0 looks at one position, ln n at n positions alike.
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
 *   await charts.attentionEntropy(run).save("heads.svg");
 * }
 * assert(typeof draw === "function");
 * ```
 */
export function attentionEntropy(run: InsideRun, options: AttentionEntropyOptions = {}): Figure {
  const width = checkedWidth(options.width);
  const title = options.title ?? "Entropy of attention by head";
  if (run.inside === null && options.rows === undefined) return notInside(title, width);
  const layers = headColumns(run.inside?.deep ?? null, options.rows?.statistics)
    .filter(({ entropyNats }) => entropyNats.some((value) => !Number.isNaN(value)));
  if (layers.length === 0) {
    return messageFigure({
      title,
      reason: "The attention of this run was not looked at, or the runtime does not show it",
      remedy: "Profile with --depth component --activations deep; for a run from a database give " +
        'its rows: { rows: { statistics: db.getDeepStatistics("last") } }',
      width,
    });
  }
  const heads = layers.reduce((most, layer) => Math.max(most, layer.heads), 0);
  const summaries = layers.map((layer) =>
    Array.from({ length: heads }, (_, head) => head < layer.heads ? summaryOf(layer, head) : null)
  );
  const unseen = (run.inside?.deep?.attention ?? []).filter(({ reason }) => reason !== null);
  const tokens = layers[0]?.tokens ?? 0;
  return new Figure({
    title,
    subtitle: `${layers.length} layers × ${heads} heads · mean over ${Math.max(1, tokens - 1)} ${
      tokens > 1 ? "decode tokens" : "prompt"
    }`,
    caption: [
      "Low: the head looks at few positions; high: at many alike, at most ln n for n positions.",
      "Bars are means over the heads of a layer, lines reach from its narrowest to its widest head.",
      ...(unseen.length > 0
        ? [`${unseen.length} layers could not be seen: ${unseen[0]?.reason ?? ""}.`]
        : []),
      "Taken in a twin run over the same tokens.",
    ],
    alt: altText(title, layers, summaries),
    width,
    draw: async () => {
      const { drawHeatGrid } = await import("./heat_grid.ts");
      const values = summaries.flatMap((row) => row.map((head) => head?.mean ?? NaN));
      return drawHeatGrid({
        rowLabels: layers.map(({ layer }) => String(layer)),
        rowTitle: "layer",
        columns: heads,
        firstColumn: 0,
        columnTitle: "head",
        values,
        tick: plain,
        unit: "nats",
        cellText: threeDigits,
        tooltip: (row, head, mean) => {
          const { least, most } = summaries[row]?.[head] ?? { least: mean, most: mean };
          return `layer ${layers[row]?.layer}, head ${head}: mean ${threeDigits(mean)} nats, ${
            threeDigits(least)
          } to ${threeDigits(most)} over the tokens`;
        },
        rowTooltip: (row) => layerBar(layers[row]!.layer, summaries[row] ?? [])?.tooltip ?? "",
        margin: {
          title: "mean, range of heads",
          bars: layers.map(({ layer }, row) => layerBar(layer, summaries[row] ?? [])),
          tick: threeDigits,
        },
      }, width);
    },
  });
}

/** Over the decode tokens; the prompt, which is a mean already, stands only where it is alone. */
function summaryOf({ heads, tokens, entropyNats }: HeadValues, head: number): HeadSummary | null {
  let [sum, count, least, most] = [0, 0, Infinity, -Infinity];
  for (let token = tokens > 1 ? 1 : 0; token < tokens; token++) {
    const value = entropyNats[token * heads + head] ?? NaN;
    if (Number.isNaN(value)) continue;
    [sum, count] = [sum + value, count + 1];
    [least, most] = [Math.min(least, value), Math.max(most, value)];
  }
  return count === 0 ? null : { mean: sum / count, least, most };
}

function layerBar(layer: number, heads: readonly (HeadSummary | null)[]): MarginBar | null {
  const means = heads.flatMap((head) => head === null ? [] : [head.mean]);
  if (means.length === 0) return null;
  const value = means.reduce((a, b) => a + b, 0) / means.length;
  const [low, high] = [Math.min(...means), Math.max(...means)];
  const tooltip = `layer ${layer}: mean ${threeDigits(value)} nats, heads from ${
    threeDigits(low)
  } to ${threeDigits(high)}`;
  return { value, low, high, resolved: true, tooltip };
}

function altText(
  title: string,
  layers: readonly HeadValues[],
  summaries: readonly (readonly (HeadSummary | null)[])[],
): string {
  const all = summaries.flatMap((row, at) =>
    row.flatMap((head, index) =>
      head === null ? [] : [{ name: `layer ${layers[at]?.layer} head ${index}`, mean: head.mean }]
    )
  ).sort((a, b) => a.mean - b.mean);
  const [least, most] = [all[0], all.at(-1)];
  if (least === undefined || most === undefined) return title;
  return `${title}: narrowest ${least.name}, ${
    threeDigits(least.mean)
  } nats; widest ${most.name}, ${threeDigits(most.mean)} nats`;
}
