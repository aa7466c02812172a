/**
 * The numbers behind the charts of what is inside of tokens.
 *
 * @module
 */
import { type CellValue, headColumns, layerValues, routingValues } from "../charts/mod.ts";
import type { InsidePart } from "../record.ts";
import { cell, type DataTable } from "./data_table.ts";
import type { ReportedRun } from "./reported_run.ts";
import { ENERGY_COLUMNS, energyCells } from "./run_tables.ts";

const PART_COLUMNS = ["phase", "duration, ms", "share of time, %", ...ENERGY_COLUMNS];

function partCells(part: InsidePart): string[] {
  const { phase, durationMs, share, energyMj: mj } = part;
  return [phase, cell(durationMs), cell(100 * share), ...energyCells({ ...part, mj })];
}

/** Components, all layers together. */
export function componentTable({ run }: ReportedRun): DataTable {
  return {
    caption: "Components, all layers together",
    columns: ["component", ...PART_COLUMNS],
    rows: (run.inside?.components ?? []).map((part) => [part.component, ...partCells(part)]),
  };
}

/** Layers, all components together. */
export function layerTable({ run }: ReportedRun): DataTable {
  return {
    caption: "Layers, all components together",
    columns: ["layer", ...PART_COLUMNS],
    rows: (run.inside?.layers ?? []).map((part) => [`${part.layer}`, ...partCells(part)]),
  };
}

/** Components of single layers. */
export function partTable({ run }: ReportedRun): DataTable {
  return {
    caption: "Components by layer",
    columns: ["component", "layer", ...PART_COLUMNS],
    rows: (run.inside?.parts ?? []).map((part) => [
      part.component,
      part.layer === null ? "outside" : `${part.layer}`,
      ...partCells(part),
    ]),
  };
}

/** A metric by layer; its single cells are in the page's data. */
export function metricTable(
  { run, rows }: ReportedRun,
  metric: CellValue,
  unit: string,
): DataTable {
  const found = layerValues(run, metric, rows);
  return {
    caption: `By layer, over the tokens after the prefill, in ${unit}`,
    columns: ["layer", "mean", "least", "most"],
    rows: (found?.layers ?? []).map((layer, row) => {
      const { values, tokens } = found!;
      const own = [...values.subarray(row * tokens + (tokens > 1 ? 1 : 0), (row + 1) * tokens)]
        .filter((value) => !Number.isNaN(value));
      if (own.length === 0) return [`${layer}`, "", "", ""];
      const mean = own.reduce((a, b) => a + b, 0) / own.length;
      const least = own.reduce((a, b) => Math.min(a, b));
      const most = own.reduce((a, b) => Math.max(a, b));
      return [`${layer}`, cell(mean), cell(least), cell(most)];
    }),
  };
}

/** Statistics of what components put out. */
export function activationTable({ run }: ReportedRun): DataTable {
  return {
    caption: "Outputs of components, means over the tokens of a phase",
    columns: [
      "component",
      "layer",
      "phase",
      "mean |x|",
      "deviation",
      "largest |x|",
      "near zero, %",
    ],
    rows: (run.inside?.parts ?? []).flatMap(({ component, layer, phase, activation }) =>
      activation === null ? [] : [[
        component,
        layer === null ? "outside" : `${layer}`,
        phase,
        cell(activation.meanAbs),
        cell(activation.std),
        cell(activation.maxAbs),
        cell(100 * activation.sparsity),
      ]]
    ),
  };
}

/** Mean entropy of heads in decode, in nats. */
export function headTable({ run, rows }: ReportedRun): DataTable {
  const layers = headColumns(run.inside?.deep ?? null, rows?.statistics);
  const heads = layers.reduce((most, { heads }) => Math.max(most, heads), 0);
  return {
    caption: "Mean entropy of attention by head, after the prefill, in nats",
    columns: ["layer", ...Array.from({ length: heads }, (_, head) => `head ${head}`)],
    rows: layers.map(({ layer, heads, tokens, entropyNats }) => [
      `${layer}`,
      ...Array.from({ length: heads }, (_, head) => {
        const own = Array.from({ length: tokens }, (_, t) => entropyNats[t * heads + head] ?? NaN)
          .slice(tokens > 1 ? 1 : 0).filter((value) => !Number.isNaN(value));
        return own.length === 0 ? "" : cell(own.reduce((a, b) => a + b, 0) / own.length);
      }),
    ]),
  };
}

/** How often experts were chosen. */
export function expertTable({ run, rows }: ReportedRun): DataTable {
  const layers = routingValues(run.inside?.deep ?? null, rows?.experts);
  const experts = layers.reduce((most, { positions }) => Math.max(most, positions.length), 0);
  return {
    caption: "Positions that chose an expert",
    columns: ["layer", ...Array.from({ length: experts }, (_, expert) => `expert ${expert}`)],
    rows: layers.map(({ layer, positions }) => [`${layer}`, ...positions.map(cell)]),
  };
}
