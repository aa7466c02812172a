import type { Sql } from "./sql.ts";
import type { ComponentMetric, LayerMetric } from "../record.ts";
import type { LayerComponentSummary } from "./rows.ts";
import { OUTSIDE_LAYERS } from "./schema.ts";
import { fromFixed } from "./fixed_point.ts";
import { type ActivationColumns, activationOf } from "./read_rows.ts";
import { SUMMARIZE } from "./layer_summary.ts";

interface MetricRow {
  repetition: number;
  token_index: number;
  layer: number;
  duration_ns: number | null;
  energy_nj: number | null;
  low_nj: number | null;
  high_nj: number | null;
}

/** Real layers, by token. */
export function readLayers(sql: Sql, run: number): Required<LayerMetric>[] {
  return sql.all<MetricRow>(
    `SELECT t.repetition, t.token_index, l.* FROM token_rows t JOIN layer_rows l ON l.token = t.id
    WHERE t.run = ? AND l.layer < ${OUTSIDE_LAYERS}
    ORDER BY t.repetition, t.token_index, l.layer`,
    run,
  ).map((row) => ({ ...metricOf(row), layer: row.layer }));
}

/** Components, those outside of layers included, by token and layer. */
export function readComponents(sql: Sql, run: number): Required<ComponentMetric>[] {
  return sql.all<MetricRow & ActivationColumns & { name: string }>(
    `SELECT t.repetition, t.token_index, l.layer, n.name, c.*
    FROM token_rows t JOIN layer_rows l ON l.token = t.id
    JOIN component_rows c ON c.layer_id = l.id JOIN names n ON n.id = c.component
    WHERE t.run = ? ORDER BY t.repetition, t.token_index, l.layer, c.component`,
    run,
  ).map((row) => ({
    ...metricOf(row),
    layer: layerOf(row),
    component: row.name,
    activation: activationOf(row),
  }));
}

/** The kept summary; made anew where a killed run could not keep one. */
export function readSummary(sql: Sql, run: number): LayerComponentSummary[] {
  const named = (rows: string) =>
    `SELECT s.*, n.name FROM (${rows}) s JOIN names n ON n.id = s.component
    ORDER BY s.layer, s.component`;
  const kept = named("SELECT * FROM layer_component_rows WHERE run = ?");
  type Row = ActivationColumns & Omit<MetricRow, "repetition" | "token_index"> & {
    name: string;
    tokens: number;
  };
  const rows = sql.all<Row>(kept, run);
  return (rows.length > 0 ? rows : sql.all<Row>(named(SUMMARIZE), run)).map((row) => ({
    layer: layerOf(row),
    component: row.name,
    tokens: row.tokens,
    durationMs: fromFixed(row.duration_ns),
    energyMj: fromFixed(row.energy_nj),
    lowMj: fromFixed(row.low_nj),
    highMj: fromFixed(row.high_nj),
    activation: activationOf(row),
  }));
}

function layerOf({ layer }: { layer: number }): number | null {
  return layer === OUTSIDE_LAYERS ? null : layer;
}

function metricOf(row: MetricRow): Required<Omit<LayerMetric, "layer">> {
  return {
    repetition: row.repetition,
    tokenIndex: row.token_index,
    durationMs: fromFixed(row.duration_ns),
    energyMj: fromFixed(row.energy_nj),
    lowMj: fromFixed(row.low_nj),
    highMj: fromFixed(row.high_nj),
  };
}
