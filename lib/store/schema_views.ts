/**
 * Views and search of version 1 of the schema, over the tables of schema.ts: what people query, in
 * ms and mJ. As published; changes are new entries in migrations.ts.
 *
 * @module
 */

/** Rows by the names and in the units that people query. */
export const VIEWS = `
CREATE VIEW power_samples AS
SELECT r.run_id, s.sample_index,
  s.start_ns / 1e6 AS start_ms, (s.start_ns + s.duration_ns) / 1e6 AS end_ms,
  s.duration_ns / 1e6 AS duration_ms,
  s.cpu_nj / 1e6 AS cpu_mj, s.gpu_nj / 1e6 AS gpu_mj, s.ane_nj / 1e6 AS ane_mj,
  s.dram_nj / 1e6 AS dram_mj, s.package_nj / 1e6 AS package_mj, s.system_nj / 1e6 AS system_mj,
  s.cpu_nj * 1e3 / nullif(s.duration_ns, 0) AS cpu_mw,
  s.gpu_nj * 1e3 / nullif(s.duration_ns, 0) AS gpu_mw,
  s.ane_nj * 1e3 / nullif(s.duration_ns, 0) AS ane_mw,
  s.dram_nj * 1e3 / nullif(s.duration_ns, 0) AS dram_mw,
  s.package_nj * 1e3 / nullif(s.duration_ns, 0) AS package_mw,
  s.system_nj * 1e3 / nullif(s.duration_ns, 0) AS system_mw
FROM power_sample_rows s JOIN profiling_runs r ON r.id = s.run;

CREATE VIEW pipeline_sections AS
SELECT r.run_id, s.section_index, s.repetition, s.phase, n.name, s.is_phase,
  s.start_ns / 1e6 AS start_ms, (s.start_ns + s.duration_ns) / 1e6 AS end_ms,
  s.duration_ns / 1e6 AS duration_ms, s.energy_nj / 1e6 AS energy_mj
FROM pipeline_section_rows s
JOIN profiling_runs r ON r.id = s.run JOIN names n ON n.id = s.name;

CREATE VIEW tokens AS
SELECT t.id, r.run_id, t.repetition, t.token_index, t.token_id, t.text, t.phase,
  t.start_ns / 1e6 AS start_ms, (t.start_ns + t.duration_ns) / 1e6 AS end_ms,
  t.duration_ns / 1e6 AS duration_ms,
  t.energy_nj / 1e6 AS energy_mj, t.low_nj / 1e6 AS low_mj, t.high_nj / 1e6 AS high_mj,
  t.interval, t.method, t.resolved
FROM token_rows t JOIN profiling_runs r ON r.id = t.run;

CREATE VIEW layer_metrics AS
SELECT id, token AS token_id, layer AS layer_index, duration_ns / 1e6 AS duration_ms,
  energy_nj / 1e6 AS energy_mj, low_nj / 1e6 AS low_mj, high_nj / 1e6 AS high_mj
FROM layer_rows WHERE layer < 4095;

CREATE VIEW component_metrics AS
SELECT c.layer_id AS layer_metric_id, l.token AS token_id, nullif(l.layer, 4095) AS layer_index,
  n.name AS component_name, c.duration_ns / 1e6 AS duration_ms,
  c.energy_nj / 1e6 AS energy_mj, c.low_nj / 1e6 AS low_mj, c.high_nj / 1e6 AS high_mj,
  c.activation_mean, c.activation_std, c.activation_max, c.activation_sparsity
FROM component_rows c JOIN layer_rows l ON l.id = c.layer_id JOIN names n ON n.id = c.component;

CREATE VIEW deep_operation_metrics AS
SELECT o.layer_id AS layer_metric_id, l.token AS token_id, nullif(l.layer, 4095) AS layer_index,
  c.name AS component_name, n.name AS operation_name, t.name AS op_type,
  o.duration_ns / 1e6 AS duration_ms, o.energy_nj / 1e6 AS energy_mj
FROM deep_operation_rows o JOIN layer_rows l ON l.id = o.layer_id
JOIN names c ON c.id = o.component JOIN names n ON n.id = o.operation
JOIN names t ON t.id = o.op_type;

CREATE VIEW moe_expert_activations AS
SELECT m.layer_id AS layer_metric_id, l.token AS token_id, l.layer AS layer_index,
  m.expert AS expert_index, m.weight AS routing_weight
FROM moe_activation_rows m JOIN layer_rows l ON l.id = m.layer_id;

CREATE VIEW layer_component_summaries AS
SELECT r.run_id, nullif(s.layer, 4095) AS layer_index, n.name AS component_name, s.tokens,
  s.duration_ns / 1e6 AS duration_ms, s.energy_nj / 1e6 AS energy_mj,
  s.activation_mean, s.activation_std, s.activation_max, s.activation_sparsity
FROM layer_component_rows s
JOIN profiling_runs r ON r.id = s.run JOIN names n ON n.id = s.component;
`;

/** Full text of prompts and answers, kept by triggers. */
export const SEARCH = `
CREATE VIRTUAL TABLE prompt_search USING fts5 (
  prompt, response, content = 'profiling_runs', content_rowid = 'id',
  tokenize = "unicode61 remove_diacritics 2"
);
CREATE TRIGGER prompt_search_insert AFTER INSERT ON profiling_runs BEGIN
  INSERT INTO prompt_search (rowid, prompt, response) VALUES (new.id, new.prompt, new.response);
END;
CREATE TRIGGER prompt_search_delete AFTER DELETE ON profiling_runs BEGIN
  INSERT INTO prompt_search (prompt_search, rowid, prompt, response)
  VALUES ('delete', old.id, old.prompt, old.response);
END;
CREATE TRIGGER prompt_search_update AFTER UPDATE OF prompt, response ON profiling_runs BEGIN
  INSERT INTO prompt_search (prompt_search, rowid, prompt, response)
  VALUES ('delete', old.id, old.prompt, old.response);
  INSERT INTO prompt_search (rowid, prompt, response) VALUES (new.id, new.prompt, new.response);
END;
`;
