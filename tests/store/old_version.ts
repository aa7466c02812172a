import { nodeSqlite } from "../../lib/store/mod.ts";
import { MIGRATIONS } from "../../lib/store/migrations.ts";

/** One run with rows of all kinds, as version 1 wrote them. Frozen: it is what users have. */
const ROWS_1 = `
PRAGMA application_id = 0x746b7774;
INSERT INTO profiling_runs (id, run_id, status, started_at_ms, ended_at_ms, experiment, tags,
  options, prompt, response, model_name, model_path, model_family, model_num_layers,
  model_parameters, model_precision, model_context_length, os, arch, pid, process_started_at_ms,
  power_source, power_kind, power_label, rails, total_rails, interval_ms, bound_ms, verdict,
  repetitions, measured_duration_ms, measured_energy_mj, duration_ms, energy_mj, low_mj, high_mj,
  prompt_tokens, generated_tokens, joules_per_token, mean_repetition)
VALUES (7, '20261101-120000-00ff00', 'complete', 1793534400000, 1793534410000, 'old', '["v1"]',
  '{"seed":1}', 'An old prompt', ' and its answer', 'tinytales', '/m', 'llama', 6, 1264512, 'fp32',
  256, 'darwin', 'aarch64', 42, 1793534399000, 'powermetrics', 'measured', 'CPU+GPU+ANE',
  '["cpu","gpu","ane"]', '["cpu","gpu","ane"]', 100, 4.5, 'Fine.', 2, 4000, 20000, 2000, 10000,
  9000, 11000, 4, 2, 5, '{"phases":[],"sections":[],"tokens":[],"groups":[]}');
INSERT INTO names VALUES (1, 'q_proj'), (2, 'MatMul'), (3, '/model/q/MatMul'), (4, 'decode');
INSERT INTO power_sample_rows (run, sample_index, start_ns, duration_ns, cpu_nj)
VALUES (7, 0, 0, 100000000, 250000000);
INSERT INTO raw_power VALUES (7, 0, 'json', '[1793534400100]', x'1f8b');
INSERT INTO pipeline_section_rows VALUES (7, 0, 0, 'decode', 4, 1, 0, 2000000000, 10000000000);
INSERT INTO token_rows VALUES
  (11, 7, 0, 0, 300, ' and', 'prefill', 0, 1000000, 2, 1, 3, 'hard', 'shared', 0);
INSERT INTO layer_rows VALUES (11 * 4096 + 2, 11, 2, 500000, 1, NULL, NULL);
INSERT INTO component_rows VALUES (11 * 4096 + 2, 1, 250000, 1, NULL, NULL, 0.5, 1, 9, 0.1);
INSERT INTO deep_operation_rows VALUES (11 * 4096 + 2, 3, 2, 1, 250000, 1);
INSERT INTO moe_activation_rows VALUES (11 * 4096 + 2, 5, 0.75);
INSERT INTO layer_component_rows VALUES (7, 2, 1, 1, 250000, 1, 0.5, 1, 9, 0.1);
`;

/** The same run as version 2 wrote it, in the columns that it could fill. */
const ROWS_2 = ROWS_1
  .replace(", mean_repetition)", ")")
  .replace(
    `, '{"phases":[],"sections":[],"tokens":[],"groups":[]}');`,
    `);
INSERT INTO mean_repetitions VALUES (7, '{"phases":[],"sections":[],"tokens":[],"groups":[]}');
UPDATE profiling_runs SET edp_js = 20;`,
  )
  .replace("VALUES (11 * 4096 + 2, 5, 0.75)", "VALUES (11 * 4096 + 2, 5, 0.75, 1)");

/** What each version can hold, beginning with 1. Add one for every version that was published. */
export const OLD_ROWS: readonly string[] = [ROWS_1, ROWS_2];

/** Makes a database as Tokenwatt of that version would have left it. */
export function makeOldDatabase(path: string, version: number): void {
  const database = nodeSqlite(path, { readOnly: false });
  for (const step of MIGRATIONS.slice(0, version)) database.exec(step);
  database.exec(OLD_ROWS[version - 1]!);
  database.exec(`PRAGMA user_version = ${version}`);
  database.close();
}
