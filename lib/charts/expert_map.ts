/**
 * Which experts the routers of a mixture chose.
 *
 * @module
 */
import { Figure } from "./figure.ts";
import { type ChartOptions, type InsideRun, notInside } from "./inside_notes.ts";
import type { InsideRows } from "./inside_rows.ts";
import { messageFigure } from "./message_figure.ts";
import { checkedWidth } from "./width.ts";
import { evenness, type RoutingValues, routingValues } from "./routing_values.ts";
import { percent } from "./ticks.ts";
import { threeDigits } from "../quantities.ts";

/** How an expert map is drawn. */
export interface ExpertMapOptions extends ChartOptions {
  /** What a database holds of the run, for one that was read from it: its experts. */
  rows?: InsideRows;
}

/**
 * Draws layers × experts by how often each expert was chosen, prompt and answer together.
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
 *   await charts.expertMap(run).save("experts.svg");
 * }
 * assert(typeof draw === "function");
 * ```
 */
export function expertMap(run: InsideRun, options: ExpertMapOptions = {}): Figure {
  const width = checkedWidth(options.width);
  const title = options.title ?? "Experts chosen by layer";
  if (run.inside === null && options.rows === undefined) return notInside(title, width);
  const layers = routingValues(run.inside?.deep ?? null, options.rows?.experts);
  if (layers.length === 0) {
    return messageFigure({
      title,
      reason: "No choice of experts is known: the model has no mixture of experts, its routing " +
        "could not be seen, or it was not looked at",
      remedy: "Profile a mixture with --depth component --activations deep; for a run from a " +
        'database give its rows: { rows: { experts: db.getMoeExpertActivations("last") } }',
      width,
    });
  }
  const experts = layers.reduce((most, { positions }) => Math.max(most, positions.length), 0);
  const totals = layers.map(({ positions }) => positions.reduce((a, b) => a + b, 0));
  const isCounted = Boolean(run.inside?.deep);
  return new Figure({
    title,
    subtitle: `${layers.length} layers × ${experts} experts · ${
      threeDigits(totals[0] ?? 0)
    } choices a layer`,
    caption: [
      `Share of a layer's choices; even use would be ${percent(1, experts)} each.`,
      "Evenness is the entropy of these shares ÷ ln of the number of experts: 1 is even.",
      ...(isCounted ? [] : ["Experts beyond the last that was ever chosen are not known of."]),
      "Counted in a twin run over the same tokens, prompt included.",
    ],
    alt: altText(title, layers, totals),
    width,
    draw: async () => {
      const { drawHeatGrid } = await import("./heat_grid.ts");
      const shareOf = (row: number, expert: number) => {
        const positions = layers[row]?.positions[expert];
        return positions === undefined ? NaN : 100 * positions / Math.max(1, totals[row] ?? 0);
      };
      return drawHeatGrid({
        rowLabels: layers.map(({ layer }) => String(layer)),
        rowTitle: "layer",
        columns: experts,
        firstColumn: 0,
        columnTitle: "expert",
        values: layers.flatMap((_, row) =>
          Array.from({ length: experts }, (_, expert) => shareOf(row, expert))
        ),
        tick: threeDigits,
        unit: "% of choices",
        cellText: (share) => `${share.toFixed(share < 10 ? 1 : 0)} %`,
        tooltip: (row, expert) => tooltip(layers[row]!, expert, totals[row] ?? 0),
        rowTooltip: (row) => rowTooltip(layers[row]!),
        margin: {
          title: "evenness",
          bars: layers.map((layer) => ({
            value: evenness(layer.positions),
            low: null,
            high: null,
            resolved: true,
            tooltip: rowTooltip(layer),
          })),
          tick: (value) => `${value}`,
          most: 1,
        },
      }, width);
    },
  });
}

function tooltip({ layer, positions, weights }: RoutingValues, expert: number, total: number) {
  const [count, weight] = [positions[expert] ?? 0, weights[expert] ?? NaN];
  const mean = count > 0 && !Number.isNaN(weight)
    ? `, mean weight ${threeDigits(weight / count)}`
    : "";
  return `layer ${layer}, expert ${expert}: chosen ${count} times of ${total}, ${
    percent(count, total)
  }${mean}`;
}

function rowTooltip({ layer, positions }: RoutingValues): string {
  const used = positions.filter((count) => count > 0).length;
  return `layer ${layer}: evenness ${
    threeDigits(evenness(positions))
  }, ${used} of ${positions.length} experts used`;
}

function altText(
  title: string,
  layers: readonly RoutingValues[],
  totals: readonly number[],
): string {
  const busiest = layers.map(({ layer, positions }, row) => {
    const most = positions.reduce(
      (best, count, at) => count > (positions[best] ?? 0) ? at : best,
      0,
    );
    return `layer ${layer} expert ${most} ${percent(positions[most] ?? 0, totals[row] ?? 0)}`;
  });
  return `${title}; most chosen: ${busiest.slice(0, 8).join(", ")}`;
}
