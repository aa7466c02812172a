import type { ModelDetails, RunDetails } from "../record.ts";
import type { SqliteValue } from "./connection.ts";

const RUN: Record<Exclude<keyof RunDetails, "model">, string> = {
  engine: "engine",
  provider: "provider",
  batchSize: "batch_size",
  kvCacheBytes: "kv_cache_bytes",
  peakMemoryBytes: "peak_memory_bytes",
  osBuild: "os_build",
  powerState: "power_state",
  toolVersion: "tool_version",
  gitCommit: "git_commit",
};

const MODEL: Record<Exclude<keyof ModelDetails, "parametersByPart">, string> = {
  hash: "model_hash",
  hiddenSize: "model_hidden_size",
  intermediateSize: "model_intermediate_size",
  numHeads: "model_num_heads",
  numKvHeads: "model_num_kv_heads",
  headDim: "model_head_dim",
  vocabSize: "model_vocab_size",
  attentionKind: "model_attention_kind",
  normKind: "model_norm_kind",
  numExperts: "model_num_experts",
  expertsPerToken: "model_experts_per_token",
  blockSize: "model_block_size",
  weightBytes: "model_weight_bytes",
  kvBytesPerToken: "model_kv_bytes_per_token",
  bytesPerToken: "model_bytes_per_token",
  flopsPerToken: "model_flops_per_token",
};

const PARTS = "model_parameters_by_part";

/** The columns that hold a run's circumstances. */
export const DETAIL_COLUMNS: readonly string[] = [
  ...Object.values(RUN),
  ...Object.values(MODEL),
  PARTS,
];

/** Columns for what is known; what is `undefined` is left as it is. */
export function detailColumns(details: RunDetails): Record<string, SqliteValue> {
  const { model = {} } = details;
  const columns = { ...known(RUN, details), ...known(MODEL, model) };
  const { parametersByPart: parts } = model;
  if (parts !== undefined) columns[PARTS] = parts === null ? null : JSON.stringify(parts);
  return columns;
}

/** The circumstances that a row holds, with `null` for what is unknown. */
export function detailsOf(row: Record<string, SqliteValue>): RunDetails {
  const parts = row[PARTS] as string | null;
  return {
    ...read(RUN, row),
    model: { ...read(MODEL, row), parametersByPart: parts === null ? null : JSON.parse(parts) },
  };
}

function known(columns: Record<string, string>, of: object): Record<string, SqliteValue> {
  const entries = Object.entries(columns)
    .map(([key, column]) => [column, (of as Record<string, SqliteValue>)[key]] as const)
    .filter((entry): entry is [string, SqliteValue] => entry[1] !== undefined);
  return Object.fromEntries(entries);
}

function read(columns: Record<string, string>, row: Record<string, SqliteValue>): object {
  return Object.fromEntries(
    Object.entries(columns).map(([key, column]) => [key, row[column] ?? null]),
  );
}
