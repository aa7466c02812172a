/**
 * Version 1 of the schema, as SQL. Rows are integers under `*_rows` (ns from the start of their
 * run, nJ); the names that people query are views in ms and mJ. docs/decisions/store-rows.md has
 * the reasons. A published version is never edited: changes are new entries in migrations.ts.
 *
 * @module
 */

import { SEARCH, VIEWS } from "./schema_views.ts";

/** Layers have the indices 0 … 4094; this one stands for what lies outside of them (lm_head, …). */
export const OUTSIDE_LAYERS = 4095;

const RUNS = `
CREATE TABLE profiling_runs (
  id INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL UNIQUE,
  status TEXT NOT NULL CHECK (status IN ('running', 'complete', 'interrupted', 'failed')),
  reason TEXT,
  started_at_ms REAL NOT NULL,
  ended_at_ms REAL,
  experiment TEXT,
  tags TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(tags)),
  options TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(options)),
  prompt TEXT NOT NULL,
  response TEXT,

  model_name TEXT NOT NULL,
  model_path TEXT NOT NULL,
  model_family TEXT NOT NULL,
  model_num_layers INTEGER NOT NULL,
  model_parameters INTEGER NOT NULL,
  model_precision TEXT NOT NULL,
  model_context_length INTEGER,

  hostname TEXT,
  os TEXT NOT NULL,
  os_release TEXT,
  arch TEXT NOT NULL,
  chip TEXT,
  memory_bytes INTEGER,
  pid INTEGER NOT NULL,
  process_started_at_ms REAL NOT NULL,

  power_source TEXT NOT NULL,
  power_kind TEXT NOT NULL CHECK (power_kind IN ('measured', 'estimated', 'simulated')),
  power_label TEXT NOT NULL,
  rails TEXT NOT NULL CHECK (json_valid(rails)),
  total_rails TEXT NOT NULL CHECK (json_valid(total_rails)),
  interval_ms REAL NOT NULL,
  bound_ms REAL,
  observer_mw REAL,

  findings TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(findings)),
  verdict TEXT,
  repetitions INTEGER,
  measured_duration_ms REAL,
  measured_energy_mj REAL,

  duration_ms REAL,
  energy_mj REAL,
  low_mj REAL,
  high_mj REAL,
  baseline_mw REAL,
  peak_mw REAL,
  mean_mw REAL,
  prompt_tokens INTEGER,
  generated_tokens INTEGER,
  ttft_ms REAL,
  tokens_per_second REAL,
  joules_per_token REAL,
  joules_per_prompt_token REAL,
  prefill_mj REAL,
  decode_mj REAL,
  load_mj REAL,
  mean_repetition TEXT CHECK (json_valid(mean_repetition))
) STRICT;
CREATE INDEX profiling_runs_started ON profiling_runs (started_at_ms);
CREATE INDEX profiling_runs_running ON profiling_runs (run_id) WHERE status = 'running';
`;

const ROWS = `
CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;

CREATE TABLE power_sample_rows (
  run INTEGER NOT NULL REFERENCES profiling_runs (id) ON DELETE CASCADE,
  sample_index INTEGER NOT NULL,
  start_ns INTEGER NOT NULL,
  duration_ns INTEGER NOT NULL CHECK (duration_ns >= 0),
  cpu_nj INTEGER, gpu_nj INTEGER, ane_nj INTEGER,
  dram_nj INTEGER, package_nj INTEGER, system_nj INTEGER,
  PRIMARY KEY (run, sample_index)
) STRICT, WITHOUT ROWID;

CREATE TABLE raw_power (
  run INTEGER NOT NULL REFERENCES profiling_runs (id) ON DELETE CASCADE,
  batch_index INTEGER NOT NULL,
  format TEXT NOT NULL CHECK (format IN ('plist', 'json')),
  arrivals_ms TEXT NOT NULL CHECK (json_valid(arrivals_ms)),
  gzip BLOB NOT NULL,
  UNIQUE (run, batch_index)
) STRICT;

CREATE TABLE pipeline_section_rows (
  run INTEGER NOT NULL REFERENCES profiling_runs (id) ON DELETE CASCADE,
  section_index INTEGER NOT NULL,
  repetition INTEGER,
  phase TEXT NOT NULL
    CHECK (phase IN ('idle', 'pre_inference', 'prefill', 'decode', 'post_inference')),
  name INTEGER NOT NULL REFERENCES names (id),
  is_phase INTEGER NOT NULL CHECK (is_phase IN (0, 1)),
  start_ns INTEGER NOT NULL,
  duration_ns INTEGER NOT NULL CHECK (duration_ns >= 0),
  energy_nj INTEGER,
  PRIMARY KEY (run, section_index)
) STRICT, WITHOUT ROWID;

CREATE TABLE token_rows (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES profiling_runs (id) ON DELETE CASCADE,
  repetition INTEGER NOT NULL,
  token_index INTEGER NOT NULL,
  token_id INTEGER NOT NULL,
  text TEXT NOT NULL,
  phase TEXT NOT NULL CHECK (phase IN ('prefill', 'decode')),
  start_ns INTEGER NOT NULL,
  duration_ns INTEGER NOT NULL CHECK (duration_ns >= 0),
  energy_nj INTEGER, low_nj INTEGER, high_nj INTEGER,
  interval TEXT CHECK (interval IN ('ci95', 'hard')),
  method TEXT,
  resolved INTEGER CHECK (resolved IN (0, 1)),
  UNIQUE (run, repetition, token_index)
) STRICT;

CREATE TABLE layer_rows (
  id INTEGER PRIMARY KEY CHECK (id = token * 4096 + layer),
  token INTEGER NOT NULL REFERENCES token_rows (id) ON DELETE CASCADE,
  layer INTEGER NOT NULL CHECK (layer BETWEEN 0 AND 4095),
  duration_ns INTEGER CHECK (duration_ns >= 0),
  energy_nj INTEGER, low_nj INTEGER, high_nj INTEGER
) STRICT;
CREATE INDEX layer_rows_token ON layer_rows (token);

CREATE TABLE component_rows (
  layer_id INTEGER NOT NULL REFERENCES layer_rows (id) ON DELETE CASCADE,
  component INTEGER NOT NULL REFERENCES names (id),
  duration_ns INTEGER CHECK (duration_ns >= 0),
  energy_nj INTEGER, low_nj INTEGER, high_nj INTEGER,
  activation_mean REAL, activation_std REAL, activation_max REAL, activation_sparsity REAL,
  PRIMARY KEY (layer_id, component)
) STRICT, WITHOUT ROWID;

CREATE TABLE deep_operation_rows (
  layer_id INTEGER NOT NULL REFERENCES layer_rows (id) ON DELETE CASCADE,
  operation INTEGER NOT NULL REFERENCES names (id),
  op_type INTEGER NOT NULL REFERENCES names (id),
  component INTEGER NOT NULL REFERENCES names (id),
  duration_ns INTEGER NOT NULL CHECK (duration_ns >= 0),
  energy_nj INTEGER,
  PRIMARY KEY (layer_id, operation)
) STRICT, WITHOUT ROWID;

CREATE TABLE moe_activation_rows (
  layer_id INTEGER NOT NULL REFERENCES layer_rows (id) ON DELETE CASCADE,
  expert INTEGER NOT NULL,
  weight REAL,
  PRIMARY KEY (layer_id, expert)
) STRICT, WITHOUT ROWID;

CREATE TABLE layer_component_rows (
  run INTEGER NOT NULL REFERENCES profiling_runs (id) ON DELETE CASCADE,
  layer INTEGER NOT NULL,
  component INTEGER NOT NULL REFERENCES names (id),
  tokens INTEGER NOT NULL,
  duration_ns INTEGER,
  energy_nj INTEGER,
  activation_mean REAL, activation_std REAL, activation_max REAL, activation_sparsity REAL,
  PRIMARY KEY (run, layer, component)
) STRICT, WITHOUT ROWID;
`;

/** Everything that version 1 creates, in an empty database. */
export const VERSION_1: string = RUNS + ROWS + VIEWS + SEARCH;
