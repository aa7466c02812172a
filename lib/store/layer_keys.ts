import type { TokenReference } from "../record.ts";
import { BulkInsert } from "./bulk.ts";
import { OUTSIDE_LAYERS } from "./schema.ts";
import type { Sql } from "./sql.ts";
import type { RunOrigin } from "./write_rows.ts";

/** The key of a token that is there. */
export function tokenKeys(sql: Sql, run: RunOrigin): (of: TokenReference) => number {
  const known = new Map<number, number>();
  return ({ repetition = 0, tokenIndex }) => {
    const place = repetition * 2 ** 32 + tokenIndex;
    let key = known.get(place);
    if (key === undefined) known.set(place, key = tokenKey(sql, run, repetition, tokenIndex));
    return key;
  };
}

function tokenKey(sql: Sql, run: RunOrigin, repetition: number, tokenIndex: number): number {
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
}

/** The layers' keys of some metrics, in order; rows are made for those whose parts come first. */
export function layerKeys(
  sql: Sql,
  run: RunOrigin,
  metrics: readonly (TokenReference & { layer: number | null })[],
): number[] {
  const keyOf = tokenKeys(sql, run);
  const columns = ["id", "token", "layer"];
  const rows = new BulkInsert(sql, "layer_rows", columns, "ON CONFLICT (id) DO NOTHING");
  const made = new Set<number>();
  const keys = metrics.map((metric) => {
    const token = keyOf(metric);
    const slot = metric.layer === null ? OUTSIDE_LAYERS : layerSlot(metric.layer);
    const id = token * 4096 + slot;
    if (!made.has(id)) rows.add(id, token, slot);
    made.add(id);
    return id;
  });
  rows.finish();
  return keys;
}

/** A real layer, as its row holds it. */
export function layerSlot(layer: number): number {
  if (Number.isInteger(layer) && layer >= 0 && layer < OUTSIDE_LAYERS) return layer;
  throw new RangeError(`Cannot store layer ${layer}: not an integer from 0 to 4094`);
}
