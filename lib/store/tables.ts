import { LISTING_COLUMNS } from "./run_columns.ts";
import type { Sql } from "./sql.ts";

/** What a column of an exported table holds. `json` is text that JSON.parse takes. */
export type ColumnKind = "text" | "integer" | "real" | "boolean" | "json";

/** The tables that people query and export, by name: columns in order, with their kinds. */
export type TableName =
  | "profiling_runs"
  | "power_samples"
  | "pipeline_sections"
  | "tokens"
  | "layer_metrics"
  | "component_metrics"
  | "deep_operation_metrics"
  | "deep_statistics"
  | "moe_expert_activations"
  | "layer_component_summaries";

const JSON_COLUMNS = new Set([
  "tags",
  "options",
  "findings",
  "rails",
  "total_rails",
  "model_parameters_by_part",
  "peak_mw_by_rail",
  "more",
]);
const TEXT =
  /^(run_id|status|reason|experiment|prompt|response|verdict|power_(source|kind|label)|phase|name|text|interval|method|engine|provider|os|os_release|os_build|arch|chip|hostname|power_state|tool_version|git_commit|model_(name|path|family|precision|hash|attention_kind|norm_kind)|op_type|\w+_name)$/;
const INTEGER =
  /^(id|token_id|pid|repetition|repetitions|tokens|positions|\w+_index|\w+_metric_id|\w+_bytes|kv_bytes\w*|model_(num_layers|parameters|context_length|hidden_size|intermediate_size|num_heads|num_kv_heads|head_dim|vocab_size|num_experts|experts_per_token|block_size|kv_bytes_per_token)|batch_size|prompt_tokens|generated_tokens)$/;

function kindOf(column: string): ColumnKind {
  if (JSON_COLUMNS.has(column)) return "json";
  if (column === "is_phase" || column === "resolved") return "boolean";
  if (TEXT.test(column)) return "text";
  return INTEGER.test(column) ? "integer" : "real";
}

/** Below a token, views have no run: it is found through the token. */
const OF_TOKENS = "JOIN tokens t ON t.id = m.token_id WHERE t.run_id = ?";

const RAIL_COLUMNS = "cpu_X, gpu_X, ane_X, dram_X, package_X, system_X";
const ENERGY = "duration_ms, energy_mj, low_mj, high_mj";
const ACTIVATION = "activation_mean, activation_std, activation_max, activation_sparsity";

const COLUMNS: Record<TableName, string> = {
  profiling_runs: LISTING_COLUMNS.replace(/^id, /, ""),
  power_samples: `run_id, sample_index, start_ms, end_ms, duration_ms,
    ${RAIL_COLUMNS.replaceAll("X", "mj")}, ${RAIL_COLUMNS.replaceAll("X", "mw")}`,
  pipeline_sections:
    "run_id, section_index, repetition, phase, name, is_phase, start_ms, end_ms, duration_ms, energy_mj",
  tokens: `id, run_id, repetition, token_index, token_id, text, phase, start_ms, end_ms,
    ${ENERGY}, interval, method, resolved`,
  layer_metrics: `id, token_id, layer_index, ${ENERGY}`,
  component_metrics:
    `layer_metric_id, token_id, layer_index, component_name, ${ENERGY}, ${ACTIVATION}`,
  deep_operation_metrics: `layer_metric_id, token_id, layer_index, component_name,
    operation_name, op_type, duration_ms, energy_mj`,
  deep_statistics: "layer_metric_id, token_id, layer_index, statistic_name, head_index, value",
  moe_expert_activations:
    "layer_metric_id, token_id, layer_index, expert_index, routing_weight, positions",
  layer_component_summaries: `run_id, layer_index, component_name, tokens, ${ENERGY},
    ${ACTIVATION}`,
};

/** All tables, each with the names and kinds of its columns. */
export const TABLES: Readonly<Record<TableName, Readonly<Record<string, ColumnKind>>>> = Object
  .fromEntries(
    Object.entries(COLUMNS).map(([table, columns]) => [
      table,
      Object.fromEntries(columns.split(",").map((c) => c.trim()).map((c) => [c, kindOf(c)])),
    ]),
  ) as Record<TableName, Record<string, ColumnKind>>;

/** A row of an exported table. Times count in ms from the run's start, energies are mJ. */
export type TableRow = Record<string, string | number | null>;

/** One run's rows of a table. */
export function readTable(sql: Sql, runId: string, table: TableName): TableRow[] {
  const columns = Object.keys(TABLES[table]);
  const hangsOnToken = !("run_id" in TABLES[table]);
  const select = `SELECT ${columns.map((column) => `m.${column}`).join(", ")} FROM ${table} m`;
  return sql.all<TableRow>(`${select} ${hangsOnToken ? OF_TOKENS : "WHERE m.run_id = ?"}`, runId);
}
