import type { DeepOperationMetric, DeepStatistic, MoeExpertActivation } from "../record.ts";
import { fromFixed } from "./fixed_point.ts";
import { OUTSIDE_LAYERS } from "./schema.ts";
import type { Sql } from "./sql.ts";
import { WHOLE_LAYER } from "./write_deep.ts";

interface Place {
  repetition: number;
  token_index: number;
  layer: number;
}

/** Rows that hang on layers, with the place of each. */
function select(columns: string, table: string, more = ""): string {
  return `SELECT t.repetition, t.token_index, l.layer, ${columns}
    FROM token_rows t JOIN layer_rows l ON l.token = t.id JOIN ${table} r ON r.layer_id = l.id
    ${more} WHERE t.run = ? ORDER BY t.repetition, t.token_index, l.layer`;
}

/** Single ONNX nodes, by token and layer. */
export function readOperations(sql: Sql, run: number): Required<DeepOperationMetric>[] {
  type Row = Place & {
    component: string;
    operation: string;
    op_type: string;
    duration_ns: number;
    energy_nj: number | null;
  };
  const names = "c.name AS component, n.name AS operation, o.name AS op_type";
  const joins = `JOIN names c ON c.id = r.component JOIN names n ON n.id = r.operation
    JOIN names o ON o.id = r.op_type`;
  return sql.all<Row>(
    `${select(`${names}, r.duration_ns, r.energy_nj`, "deep_operation_rows", joins)}, r.operation`,
    run,
  ).map((row) => ({
    ...placeOf(row),
    component: row.component,
    operation: row.operation,
    opType: row.op_type,
    durationMs: fromFixed(row.duration_ns),
    energyMj: fromFixed(row.energy_nj),
  }));
}

/** Figures of the deep level, by token and layer. */
export function readStatistics(sql: Sql, run: number): Required<DeepStatistic>[] {
  type Row = Place & { statistic: string; head: number; value: number };
  const name = "JOIN names n ON n.id = r.statistic";
  return sql.all<Row>(
    `${select("n.name AS statistic, r.head, r.value", "deep_statistic_rows", name)}
    , r.statistic, r.head`,
    run,
  ).map((row) => ({
    ...placeOf(row),
    statistic: row.statistic,
    head: row.head === WHOLE_LAYER ? null : row.head,
    value: row.value,
  }));
}

/** Experts that were chosen, by token and layer. */
export function readExperts(sql: Sql, run: number): Required<MoeExpertActivation>[] {
  type Row = Place & { expert: number; weight: number | null; positions: number };
  return sql.all<Row>(
    `${select("r.expert, r.weight, r.positions", "moe_activation_rows")}, r.expert`,
    run,
  ).map((row) => ({
    ...placeOf(row),
    layer: row.layer,
    expert: row.expert,
    weight: row.weight,
    positions: row.positions,
  }));
}

function placeOf({ repetition, token_index, layer }: Place): {
  repetition: number;
  tokenIndex: number;
  layer: number | null;
} {
  const slot = layer === OUTSIDE_LAYERS ? null : layer;
  return { repetition, tokenIndex: token_index, layer: slot };
}
