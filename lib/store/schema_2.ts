/**
 * Version 2 of the schema: what a run knows of its circumstances, figures of the deep level, and
 * the mean repetition in a table of its own, since SQLite reaches a column that stands behind a JSON
 * of 100 KB through all of that JSON's pages.
 *
 * @module
 */

const DETAILS = `
engine TEXT
provider TEXT
batch_size INTEGER
kv_cache_bytes INTEGER
peak_memory_bytes INTEGER
os_build TEXT
power_state TEXT
tool_version TEXT
git_commit TEXT
model_hash TEXT
model_hidden_size INTEGER
model_intermediate_size INTEGER
model_num_heads INTEGER
model_num_kv_heads INTEGER
model_head_dim INTEGER
model_vocab_size INTEGER
model_attention_kind TEXT
model_norm_kind TEXT
model_num_experts INTEGER
model_experts_per_token INTEGER
model_block_size INTEGER
model_weight_bytes INTEGER
model_kv_bytes_per_token INTEGER
model_bytes_per_token REAL
model_flops_per_token REAL
model_parameters_by_part TEXT CHECK (json_valid(model_parameters_by_part))
cadence_ms REAL
edp_js REAL
token_p50_ms REAL
token_p95_ms REAL
token_p99_ms REAL
peak_mw_by_rail TEXT CHECK (json_valid(peak_mw_by_rail))
more TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(more))
`;

const COLUMNS = DETAILS.trim().split("\n")
  .map((column) => `ALTER TABLE profiling_runs ADD COLUMN ${column};`).join("\n");

const MEAN_REPETITIONS = `
CREATE TABLE mean_repetitions (
  run INTEGER PRIMARY KEY REFERENCES profiling_runs (id) ON DELETE CASCADE,
  json TEXT NOT NULL CHECK (json_valid(json))
) STRICT;
INSERT INTO mean_repetitions
SELECT id, mean_repetition FROM profiling_runs WHERE mean_repetition IS NOT NULL;
ALTER TABLE profiling_runs DROP COLUMN mean_repetition;
`;

const INDEXES = `
UPDATE profiling_runs SET edp_js = energy_mj / 1e3 * duration_ms / 1e3;
CREATE INDEX profiling_runs_model ON profiling_runs (model_name, started_at_ms);
CREATE INDEX profiling_runs_family ON profiling_runs (model_family, started_at_ms);
CREATE INDEX profiling_runs_experiment ON profiling_runs (experiment, started_at_ms);
CREATE INDEX profiling_runs_engine ON profiling_runs (engine, started_at_ms);
CREATE INDEX profiling_runs_precision ON profiling_runs (model_precision, started_at_ms);
CREATE INDEX profiling_runs_host ON profiling_runs (hostname, started_at_ms);
CREATE INDEX profiling_runs_joules ON profiling_runs (joules_per_token);
`;

const DEEP = `
CREATE TABLE deep_statistic_rows (
  layer_id INTEGER NOT NULL REFERENCES layer_rows (id) ON DELETE CASCADE,
  statistic INTEGER NOT NULL REFERENCES names (id),
  head INTEGER NOT NULL CHECK (head >= -1),
  value REAL NOT NULL,
  PRIMARY KEY (layer_id, statistic, head)
) STRICT, WITHOUT ROWID;

CREATE VIEW deep_statistics AS
SELECT s.layer_id AS layer_metric_id, l.token AS token_id, nullif(l.layer, 4095) AS layer_index,
  n.name AS statistic_name, nullif(s.head, -1) AS head_index, s.value
FROM deep_statistic_rows s JOIN layer_rows l ON l.id = s.layer_id
JOIN names n ON n.id = s.statistic;

ALTER TABLE moe_activation_rows
ADD COLUMN positions INTEGER NOT NULL DEFAULT 1 CHECK (positions > 0);
DROP VIEW moe_expert_activations;
CREATE VIEW moe_expert_activations AS
SELECT m.layer_id AS layer_metric_id, l.token AS token_id, l.layer AS layer_index,
  m.expert AS expert_index, m.weight AS routing_weight, m.positions
FROM moe_activation_rows m JOIN layer_rows l ON l.id = m.layer_id;
`;

/** What leads from version 1 to 2. */
export const VERSION_2: string = MEAN_REPETITIONS + COLUMNS + INDEXES + DEEP;
