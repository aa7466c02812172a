import type { Sql } from "./connection.ts";
import { toFixed, toFixedOrNull } from "./fixed_point.ts";
import type { ComponentMetric, DeepOperationMetric, LayerMetric, TokenReference } from "./rows.ts";
import { OUTSIDE_LAYERS } from "./schema.ts";
import { nameKey, type RunOrigin } from "./write_rows.ts";

/** Writes layers; what is there already keeps the values that are not given. */
export function writeLayers(sql: Sql, run: RunOrigin, layers: readonly LayerMetric[]): void {
  const tokenKey = tokenKeys(sql, run);
  for (const metric of layers) {
    const token = tokenKey(metric);
    sql.run(
      `INSERT INTO layer_rows (id, token, layer, duration_ns, energy_nj, low_nj, high_nj)
      VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET
        duration_ns = coalesce(excluded.duration_ns, duration_ns),
        energy_nj = coalesce(excluded.energy_nj, energy_nj),
        low_nj = coalesce(excluded.low_nj, low_nj), high_nj = coalesce(excluded.high_nj, high_nj)`,
      token * 4096 + layerSlot(metric.layer),
      token,
      layerSlot(metric.layer),
      toFixedOrNull(metric.durationMs),
      toFixedOrNull(metric.energyMj),
      toFixedOrNull(metric.lowMj),
      toFixedOrNull(metric.highMj),
    );
  }
}

/** Writes components: times and activations come from different passes and are merged. */
export function writeComponents(
  sql: Sql,
  run: RunOrigin,
  components: readonly ComponentMetric[],
): void {
  const layerKey = layerKeys(sql, run);
  const componentKey = nameKeys(sql);
  for (const metric of components) {
    const { activation } = metric;
    sql.run(
      `INSERT INTO component_rows (layer_id, component, duration_ns, energy_nj, low_nj, high_nj,
        activation_mean, activation_std, activation_max, activation_sparsity)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (layer_id, component) DO UPDATE SET
        duration_ns = coalesce(excluded.duration_ns, duration_ns),
        energy_nj = coalesce(excluded.energy_nj, energy_nj),
        low_nj = coalesce(excluded.low_nj, low_nj), high_nj = coalesce(excluded.high_nj, high_nj),
        activation_mean = coalesce(excluded.activation_mean, activation_mean),
        activation_std = coalesce(excluded.activation_std, activation_std),
        activation_max = coalesce(excluded.activation_max, activation_max),
        activation_sparsity = coalesce(excluded.activation_sparsity, activation_sparsity)`,
      layerKey(metric, metric.layer),
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
}

/** Writes single ONNX nodes. */
export function writeOperations(
  sql: Sql,
  run: RunOrigin,
  operations: readonly DeepOperationMetric[],
): void {
  const layerKey = layerKeys(sql, run);
  const key = nameKeys(sql);
  for (const metric of operations) {
    sql.run(
      `INSERT INTO deep_operation_rows
        (layer_id, operation, op_type, component, duration_ns, energy_nj)
      VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (layer_id, operation) DO UPDATE SET
        duration_ns = excluded.duration_ns, energy_nj = coalesce(excluded.energy_nj, energy_nj)`,
      layerKey(metric, metric.layer),
      key(metric.operation),
      key(metric.opType),
      key(metric.component),
      toFixed(metric.durationMs),
      toFixedOrNull(metric.energyMj),
    );
  }
}

/** Sums of one run's component rows by layer and component; takes the run's key. */
export const SUMMARIZE = `
SELECT t.run, l.layer, c.component, count(*) AS tokens,
  sum(c.duration_ns) AS duration_ns, sum(c.energy_nj) AS energy_nj,
  avg(c.activation_mean) AS activation_mean, avg(c.activation_std) AS activation_std,
  max(c.activation_max) AS activation_max, avg(c.activation_sparsity) AS activation_sparsity
FROM token_rows t
JOIN layer_rows l ON l.token = t.id
JOIN component_rows c ON c.layer_id = l.id
WHERE t.run = ? GROUP BY l.layer, c.component`;

/** Keeps the layer × component summary, so that nobody has to scan the rows again. */
export function writeSummary(sql: Sql, run: number): void {
  sql.run("DELETE FROM layer_component_rows WHERE run = ?", run);
  sql.run(`INSERT INTO layer_component_rows ${SUMMARIZE}`, run);
}

function tokenKeys(sql: Sql, run: RunOrigin): (of: TokenReference) => number {
  return remember(
    ({ repetition = 0, tokenIndex }) => `${repetition}/${tokenIndex}`,
    ({ repetition = 0, tokenIndex }) => {
      const row = sql.get<{ id: number }>(
        "SELECT id FROM token_rows WHERE run = ? AND repetition = ? AND token_index = ?",
        run.key,
        repetition,
        tokenIndex,
      );
      if (row) return row.id;
      throw new RangeError(
        `Cannot add metrics for token ${tokenIndex} of repetition ${repetition}: ` +
          "there is no such token; call addTokens first",
      );
    },
  );
}

/** The layer's key; its row is made if only its components are known so far. */
function layerKeys(sql: Sql, run: RunOrigin): (of: TokenReference, layer: number | null) => number {
  const tokenKey = tokenKeys(sql, run);
  const made = new Set<number>();
  return (of, layer) => {
    const token = tokenKey(of);
    const slot = layer === null ? OUTSIDE_LAYERS : layerSlot(layer);
    const id = token * 4096 + slot;
    if (!made.has(id)) {
      const insert = "INSERT INTO layer_rows (id, token, layer) VALUES (?, ?, ?)";
      sql.run(`${insert} ON CONFLICT (id) DO NOTHING`, id, token, slot);
      made.add(id);
    }
    return id;
  };
}

function layerSlot(layer: number): number {
  if (Number.isInteger(layer) && layer >= 0 && layer < OUTSIDE_LAYERS) return layer;
  throw new RangeError(`Cannot store layer ${layer}: not an integer from 0 to 4094`);
}

function nameKeys(sql: Sql): (name: string) => number {
  return remember((name) => name, (name) => nameKey(sql, name));
}

function remember<In, Out>(keyOf: (of: In) => string, make: (of: In) => Out): (of: In) => Out {
  const known = new Map<string, Out>();
  return (of) => {
    const key = keyOf(of);
    let value = known.get(key);
    if (value === undefined) known.set(key, value = make(of));
    return value;
  };
}
