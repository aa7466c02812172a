import type { ComponentMetric, LayerMetric } from "../record.ts";
import { BulkInsert, keepingOld } from "./bulk.ts";
import { toFixedOrNull } from "./fixed_point.ts";
import { layerKeys, layerSlot, tokenKeys } from "./layer_keys.ts";
import type { Sql } from "./sql.ts";
import { nameKeys, type RunOrigin } from "./write_rows.ts";

const LAYER_KEY = ["id", "token", "layer"];
const COMPONENT_KEY = ["layer_id", "component"];
const COST = ["duration_ns", "energy_nj", "low_nj", "high_nj"];
const ACTIVATION = [
  "activation_mean",
  "activation_std",
  "activation_max",
  "activation_sparsity",
];

/** Writes layers; what is there already keeps the values that are not given. */
export function writeLayers(sql: Sql, run: RunOrigin, layers: readonly LayerMetric[]): void {
  const tokenKey = tokenKeys(sql, run);
  const columns = [...LAYER_KEY, ...COST];
  const rows = new BulkInsert(sql, "layer_rows", columns, keepingOld(["id"], COST));
  for (const metric of layers) {
    const token = tokenKey(metric);
    const slot = layerSlot(metric.layer);
    rows.add(
      token * 4096 + slot,
      token,
      slot,
      toFixedOrNull(metric.durationMs),
      toFixedOrNull(metric.energyMj),
      toFixedOrNull(metric.lowMj),
      toFixedOrNull(metric.highMj),
    );
  }
  rows.finish();
}

/** Writes components: times and activations come from different passes and are merged. */
export function writeComponents(
  sql: Sql,
  run: RunOrigin,
  components: readonly ComponentMetric[],
): void {
  const values = [...COST, ...ACTIVATION];
  const conflict = keepingOld(COMPONENT_KEY, values);
  const rows = new BulkInsert(sql, "component_rows", [...COMPONENT_KEY, ...values], conflict);
  const componentKey = nameKeys(sql);
  const layers = layerKeys(sql, run, components);
  for (const [i, metric] of components.entries()) {
    const { activation } = metric;
    rows.add(
      layers[i]!,
      componentKey(metric.component),
      toFixedOrNull(metric.durationMs),
      toFixedOrNull(metric.energyMj),
      toFixedOrNull(metric.lowMj),
      toFixedOrNull(metric.highMj),
      activation?.meanAbs ?? null,
      activation?.std ?? null,
      activation?.maxAbs ?? null,
      activation?.sparsity ?? null,
    );
  }
  rows.finish();
}
