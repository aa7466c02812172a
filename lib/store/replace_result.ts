import type { ComponentMetric, DeepOperationMetric, LayerMetric, ProfilingRun } from "../record.ts";
import { writeSummary } from "./layer_summary.ts";
import type { Sql } from "./sql.ts";
import { writeOperations } from "./write_deep.ts";
import { writeComponents, writeLayers } from "./write_metrics.ts";
import type { RunOrigin } from "./write_rows.ts";
import { writeResult } from "./write_run.ts";

/** A result, and the rows of what is inside of its tokens; empty where it was not looked into. */
export interface DerivedRows {
  /** The result. */
  run: ProfilingRun;
  /** Layers of the first repetition's tokens. */
  layers: readonly LayerMetric[];
  /** Components of the first repetition's tokens. */
  components: readonly ComponentMetric[];
  /** ONNX nodes of the first repetition's tokens. */
  operations: readonly DeepOperationMetric[];
}

/** Whose rows the statement is about. */
const OF_RUN = `layer_id IN (
  SELECT l.id FROM layer_rows l JOIN token_rows t ON t.id = l.token WHERE t.run = ?)`;

/** Energies that are not known any more; rows are merged with what is there, so they must go first. */
const FORGET: readonly string[] = [
  `UPDATE token_rows SET energy_nj = NULL, low_nj = NULL, high_nj = NULL, interval = NULL,
    method = NULL, resolved = NULL WHERE run = ?`,
  `UPDATE layer_rows SET energy_nj = NULL, low_nj = NULL, high_nj = NULL
    WHERE token IN (SELECT id FROM token_rows WHERE run = ?)`,
  `UPDATE component_rows SET energy_nj = NULL, low_nj = NULL, high_nj = NULL WHERE ${OF_RUN}`,
  `UPDATE deep_operation_rows SET energy_nj = NULL WHERE ${OF_RUN}`,
];

/** Puts a result that was derived again, and all that follows from it, in the place of the old. */
export function replaceDerived(
  sql: Sql,
  run: RunOrigin,
  { run: result, layers, components, operations }: DerivedRows,
): void {
  const isInside = layers.length > 0 || components.length > 0;
  for (const forget of isInside ? FORGET : FORGET.slice(0, 1)) sql.run(forget, run.key);
  writeResult(sql, run, result);
  writeLayers(sql, run, layers);
  writeComponents(sql, run, components);
  writeOperations(sql, run, operations);
  writeSummary(sql, run.key);
}
