/**
 * One value for each token and layer, from the columns of a run or from the rows of a database.
 *
 * @module
 */
import type { ComponentMetric, DeepColumns, InsideCells, LayerMetric } from "../record.ts";
import { headColumns } from "./head_values.ts";
import type { InsideRun } from "./inside_notes.ts";
import { firstRepetition, type InsideRows } from "./inside_rows.ts";

/** What a heat map of layers can show. */
export type HeatmapMetric = "energy" | "time" | "activation" | "sparsity" | "entropy";

/** The same, and the ends of energies. */
export type CellValue = HeatmapMetric | "energyLow" | "energyHigh";

/** Layers × tokens; the value of layer `l` and token `t` is at `l * tokens + t`, NaN where there is none. */
export interface LayerValues {
  /** Numbers of the layers, ascending. */
  layers: number[];
  /** Number of tokens. */
  tokens: number;
  /** By layer, then by token. */
  values: Float64Array;
}

/** The numbers behind a heat map of layers; `null` where the run does not have them. */
export function layerValues(
  run: InsideRun,
  metric: CellValue,
  rows?: InsideRows,
  component?: string,
): LayerValues | null {
  const found = metric === "entropy"
    ? entropies(run.inside?.deep ?? null, rows)
    : run.inside?.cells
    ? fromCells(run.inside.cells, metric, component)
    : fromRows(rows, metric, component);
  return found !== null && found.values.some((value) => !Number.isNaN(value)) ? found : null;
}

type PartMetric = Exclude<CellValue, "entropy">;

/** Energies, their ends and times add up over the components of a layer; statistics do not. */
function isSummed(metric: PartMetric): boolean {
  return metric !== "activation" && metric !== "sparsity";
}

/** Adds values up, or takes their mean; a sum with an unknown part is unknown. */
class Gathering {
  readonly layers: number[];
  readonly #rowOf: Map<number, number>;
  readonly #sums: Float64Array;
  readonly #counts: Uint32Array;

  constructor(layers: Iterable<number>, readonly tokens: number) {
    this.layers = [...new Set(layers)].sort((a, b) => a - b);
    this.#rowOf = new Map(this.layers.map((layer, row) => [layer, row]));
    this.#sums = new Float64Array(this.layers.length * tokens);
    this.#counts = new Uint32Array(this.layers.length * tokens);
  }

  add(layer: number, token: number, value: number): void {
    const at = this.#rowOf.get(layer)! * this.tokens + token;
    this.#sums[at]! += value;
    this.#counts[at]! += 1;
  }

  values(how: "sum" | "mean"): LayerValues {
    const { layers, tokens } = this;
    const values = this.#sums.map((sum, at) => {
      const count = this.#counts[at]!;
      return count === 0 ? NaN : how === "sum" ? sum : sum / count;
    });
    return { layers, tokens, values };
  }
}

function fromCells(cells: InsideCells, metric: PartMetric, component?: string): LayerValues | null {
  const { places, tokens, activations } = cells;
  const column = {
    energy: cells.energyMj,
    energyLow: cells.lowMj,
    energyHigh: cells.highMj,
    time: cells.durationMs,
    activation: activations?.meanAbs,
    sparsity: activations?.sparsity,
  }[metric];
  if (column === undefined) return null;
  const isSum = isSummed(metric);
  const wanted = places.flatMap((place, at) =>
    place.layer !== null && (component ?? place.component) === place.component
      ? [{ layer: place.layer, at }]
      : []
  );
  const gathering = new Gathering(wanted.map(({ layer }) => layer), tokens);
  for (let token = 0; token < tokens; token++) {
    for (const { layer, at } of wanted) {
      const value = column[token * places.length + at] ?? NaN;
      if (isSum || !Number.isNaN(value)) gathering.add(layer, token, value);
    }
  }
  return gathering.values(isSum ? "sum" : "mean");
}

function fromRows(
  rows: InsideRows | undefined,
  metric: PartMetric,
  component?: string,
): LayerValues | null {
  const isSum = isSummed(metric);
  const source: readonly (LayerMetric | ComponentMetric)[] | undefined =
    isSum && component === undefined && rows?.layers ? rows.layers : rows?.components;
  const wanted = firstRepetition(source).flatMap((row) => {
    const isWanted = component === undefined || ("component" in row && row.component === component);
    return row.layer === null || !isWanted ? [] : [{ row, layer: row.layer }];
  });
  if (wanted.length === 0) return null;
  const tokens = 1 + wanted.reduce((most, { row }) => Math.max(most, row.tokenIndex), 0);
  const gathering = new Gathering(wanted.map(({ layer }) => layer), tokens);
  for (const { row, layer } of wanted) {
    const value = valueOf(row, metric);
    if (isSum || value !== null) gathering.add(layer, row.tokenIndex, value ?? NaN);
  }
  return gathering.values(isSum ? "sum" : "mean");
}

function valueOf(row: LayerMetric | ComponentMetric, metric: PartMetric): number | null {
  if (metric === "energy") return row.energyMj ?? null;
  if (metric === "energyLow") return row.lowMj ?? null;
  if (metric === "energyHigh") return row.highMj ?? null;
  if (metric === "time") return row.durationMs;
  const activation = "activation" in row ? row.activation : null;
  return activation?.[metric === "activation" ? "meanAbs" : "sparsity"] ?? null;
}

/** Means over the heads. */
function entropies(deep: DeepColumns | null, rows: InsideRows | undefined): LayerValues | null {
  const columns = headColumns(deep, rows?.statistics);
  const tokens = columns.reduce((most, each) => Math.max(most, each.tokens), 0);
  const gathering = new Gathering(columns.map(({ layer }) => layer), tokens);
  for (const { layer, heads, entropyNats } of columns) {
    entropyNats.forEach((value, at) => {
      if (!Number.isNaN(value)) gathering.add(layer, Math.floor(at / heads), value);
    });
  }
  return columns.length === 0 ? null : gathering.values("mean");
}
