import type { DeepOperationMetric, DeepStatistic, MoeExpertActivation } from "../record.ts";
import { BulkInsert } from "./bulk.ts";
import { toFixed, toFixedOrNull } from "./fixed_point.ts";
import { layerKeys } from "./layer_keys.ts";
import type { Sql } from "./sql.ts";
import { nameKeys, type RunOrigin } from "./write_rows.ts";

/** What stands for "the whole layer" where a head's index would. */
export const WHOLE_LAYER = -1;

/** Writes single ONNX nodes. */
export function writeOperations(
  sql: Sql,
  run: RunOrigin,
  operations: readonly DeepOperationMetric[],
): void {
  const rows = new BulkInsert(
    sql,
    "deep_operation_rows",
    ["layer_id", "operation", "op_type", "component", "duration_ns", "energy_nj"],
    `ON CONFLICT (layer_id, operation) DO UPDATE SET
      duration_ns = excluded.duration_ns, energy_nj = coalesce(excluded.energy_nj, energy_nj)`,
  );
  const layers = layerKeys(sql, run, operations);
  const key = nameKeys(sql);
  for (const [i, metric] of operations.entries()) {
    rows.add(
      layers[i]!,
      key(metric.operation),
      key(metric.opType),
      key(metric.component),
      toFixed(metric.durationMs),
      toFixedOrNull(metric.energyMj),
    );
  }
  rows.finish();
}

/** Writes figures of the deep level; the same one again takes the place of the old. */
export function writeStatistics(
  sql: Sql,
  run: RunOrigin,
  statistics: readonly DeepStatistic[],
): void {
  const rows = new BulkInsert(
    sql,
    "deep_statistic_rows",
    ["layer_id", "statistic", "head", "value"],
    "ON CONFLICT (layer_id, statistic, head) DO UPDATE SET value = excluded.value",
  );
  const layers = layerKeys(sql, run, statistics);
  const key = nameKeys(sql);
  for (const [i, { statistic, head, value }] of statistics.entries()) {
    if (!Number.isFinite(value)) {
      throw new RangeError(`Cannot store ${value} as ${statistic}: not a finite number`);
    }
    rows.add(layers[i]!, key(statistic), head ?? WHOLE_LAYER, value);
  }
  rows.finish();
}

/** Writes the experts that were chosen. */
export function writeExperts(
  sql: Sql,
  run: RunOrigin,
  activations: readonly MoeExpertActivation[],
): void {
  const rows = new BulkInsert(
    sql,
    "moe_activation_rows",
    ["layer_id", "expert", "weight", "positions"],
    `ON CONFLICT (layer_id, expert) DO UPDATE SET
      weight = excluded.weight, positions = excluded.positions`,
  );
  const layers = layerKeys(sql, run, activations);
  for (const [i, { expert, weight, positions = 1 }] of activations.entries()) {
    rows.add(layers[i]!, expert, weight, positions);
  }
  rows.finish();
}
