/**
 * Version 3 of the schema: what a result was made of beside the rows, so that it can be made again,
 * and limits in the kept summary, since no energy is shown without its error.
 *
 * @module
 */

const EVIDENCE = `
CREATE TABLE run_evidence (
  run INTEGER PRIMARY KEY REFERENCES profiling_runs (id) ON DELETE CASCADE,
  gzip BLOB NOT NULL
) STRICT;
`;

const LIMITS = `
ALTER TABLE layer_component_rows ADD COLUMN low_nj INTEGER;
ALTER TABLE layer_component_rows ADD COLUMN high_nj INTEGER;
DROP VIEW layer_component_summaries;
CREATE VIEW layer_component_summaries AS
SELECT r.run_id, nullif(s.layer, 4095) AS layer_index, n.name AS component_name, s.tokens,
  s.duration_ns / 1e6 AS duration_ms, s.energy_nj / 1e6 AS energy_mj,
  s.low_nj / 1e6 AS low_mj, s.high_nj / 1e6 AS high_mj,
  s.activation_mean, s.activation_std, s.activation_max, s.activation_sparsity
FROM layer_component_rows s
JOIN profiling_runs r ON r.id = s.run JOIN names n ON n.id = s.component;
`;

/** Sums of limits that some rows lack would be none. By the layers' ids: seconds for 7 M rows. */
const KEEP_LIMITS = `
UPDATE layer_component_rows SET (low_nj, high_nj) = (
  SELECT CASE WHEN count(c.low_nj) = count(*) THEN sum(c.low_nj) END,
    CASE WHEN count(c.high_nj) = count(*) THEN sum(c.high_nj) END
  FROM token_rows t JOIN component_rows c
    ON c.layer_id = t.id * 4096 + layer_component_rows.layer
      AND c.component = layer_component_rows.component
  WHERE t.run = layer_component_rows.run
);
`;

/** What leads from version 2 to 3. */
export const VERSION_3: string = EVIDENCE + LIMITS + KEEP_LIMITS;
