import type { Sql } from "./sql.ts";

/**
 * Sums of one run's component rows by layer and component; takes the run's key. Limits that hold for
 * each token hold for the sum, but closer ones may be known of it (`RunInside`).
 */
export const SUMMARIZE = `
SELECT t.run, l.layer, c.component, count(*) AS tokens,
  sum(c.duration_ns) AS duration_ns, sum(c.energy_nj) AS energy_nj,
  avg(c.activation_mean) AS activation_mean, avg(c.activation_std) AS activation_std,
  max(c.activation_max) AS activation_max, avg(c.activation_sparsity) AS activation_sparsity,
  CASE WHEN count(c.low_nj) = count(*) THEN sum(c.low_nj) END AS low_nj,
  CASE WHEN count(c.high_nj) = count(*) THEN sum(c.high_nj) END AS high_nj
FROM token_rows t
JOIN layer_rows l ON l.token = t.id
JOIN component_rows c ON c.layer_id = l.id
WHERE t.run = ? GROUP BY l.layer, c.component`;

/** Keeps the layer × component summary, so that nobody has to scan the rows again. */
export function writeSummary(sql: Sql, run: number): void {
  sql.run("DELETE FROM layer_component_rows WHERE run = ?", run);
  sql.run(`INSERT INTO layer_component_rows ${SUMMARIZE}`, run);
}
