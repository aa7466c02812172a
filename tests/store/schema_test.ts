import assert from "node:assert/strict";
import { ProfileDatabase } from "../../lib/store/mod.ts";
import type { ComponentMetric } from "../../lib/record.ts";
import { sampleRun } from "../fixtures/run.ts";
import { connect, headerOf, query, scratch, store } from "./scene.ts";

const COMPONENTS = [
  "q_proj",
  "k_proj",
  "v_proj",
  "attention",
  "o_proj",
  "gate_proj",
  "up_proj",
  "activation",
  "down_proj",
];

/** As many digits as real ones have, since SQLite spends bytes by size. */
function metric(tokenIndex: number, layer: number, component: string, n: number): ComponentMetric {
  const energyMj = 0.4 + Math.sin(n) / 10;
  return {
    tokenIndex,
    layer,
    component,
    durationMs: 0.1 + Math.cos(n) / 20,
    energyMj,
    lowMj: energyMj * 0.7,
    highMj: energyMj * 1.4,
    activation: {
      meanAbs: 0.3 + Math.sin(n) / 9,
      std: 0.5 + Math.cos(n) / 7,
      maxAbs: 9 + Math.sin(n),
      sparsity: 0.01 + Math.sin(n) ** 2 / 70,
    },
  };
}

Deno.test("the tables of the design answer plain SQL under their names and units", () => {
  using scene = scratch();
  {
    using database = ProfileDatabase.open(scene.path);
    const runId = store(database);
    database.addLayerMetrics(runId, [{ tokenIndex: 1, layer: 2, durationMs: 0.5 }]);
    database.addComponentMetrics(runId, [metric(1, 2, "q_proj", 1)]);
    database.addComponentMetrics(runId, [{ ...metric(1, 2, "lm_head", 2), layer: null }]);
    database.addDeepOperationMetrics(runId, [{
      tokenIndex: 1,
      layer: 2,
      component: "q_proj",
      operation: "/model/layers.2/self_attn/q_proj/MatMul",
      opType: "MatMul",
      durationMs: 0.2,
    }]);
  }
  const run = sampleRun();
  const [row] = query(scene.path, "SELECT run_id, status, energy_mj FROM profiling_runs");
  assert.equal(row!.status, "complete");
  assert.equal(row!.energy_mj, run.totals.energyMj);

  const [joined] = query(
    scene.path,
    `SELECT t.run_id, t.repetition, t.token_index, t.duration_ms AS token_ms, t.energy_mj,
      l.layer_index, l.duration_ms AS layer_ms, c.component_name, c.duration_ms,
      c.activation_mean, c.activation_std, c.activation_max, c.activation_sparsity
    FROM tokens t JOIN layer_metrics l ON l.token_id = t.id
    JOIN component_metrics c ON c.layer_metric_id = l.id`,
  );
  const expected = metric(1, 2, "q_proj", 1);
  assert.equal(joined!.run_id, row!.run_id);
  assert.equal(joined!.token_ms, run.tokens[1]!.endMs - run.tokens[1]!.startMs);
  const [first] = run.trace.tokens.filter((token) => token.index === 1);
  assert.ok(Math.abs(joined!.energy_mj as number - first!.energyMj!) < 1e-6);
  assert.deepEqual([joined!.layer_index, joined!.layer_ms], [2, 0.5]);
  assert.equal(joined!.component_name, "q_proj");
  assert.ok(Math.abs(joined!.duration_ms as number - expected.durationMs!) < 1e-6);
  assert.equal(joined!.activation_mean, expected.activation!.meanAbs);
  assert.equal(joined!.activation_std, expected.activation!.std);
  assert.equal(joined!.activation_max, expected.activation!.maxAbs);
  assert.equal(joined!.activation_sparsity, expected.activation!.sparsity);

  // Real layers only; what lies outside of them is still a component of its token.
  assert.deepEqual(query(scene.path, "SELECT layer_index FROM layer_metrics"), [
    { layer_index: 2 },
  ]);
  const outside = "SELECT component_name FROM component_metrics WHERE layer_index IS NULL";
  assert.deepEqual(query(scene.path, outside), [{ component_name: "lm_head" }]);

  const [sample] = query(scene.path, "SELECT * FROM power_samples WHERE sample_index = 1");
  const { startMs, endMs, energyMj } = run.trace.samples[1]!;
  assert.equal(sample!.duration_ms, endMs - startMs);
  assert.equal(sample!.cpu_mj, energyMj.cpu);
  assert.ok(Math.abs(sample!.cpu_mw as number - energyMj.cpu! / (endMs - startMs) * 1000) < 1e-9);
  assert.equal(sample!.dram_mj, null);

  const [decode] = query(scene.path, "SELECT * FROM pipeline_sections WHERE name = 'decode'");
  const phase = run.trace.phases.find((p) => p.name === "decode")!;
  assert.equal(decode!.duration_ms, phase.endMs - phase.startMs);
  assert.equal(decode!.repetition, 0);

  const [operation] = query(scene.path, "SELECT * FROM deep_operation_metrics");
  assert.equal(operation!.op_type, "MatMul");
  assert.equal(operation!.component_name, "q_proj");
  assert.deepEqual(query(scene.path, "SELECT * FROM moe_expert_activations"), []);
});

Deno.test("times and energies of the rows add up exactly, as integers do", () => {
  using scene = scratch();
  using database = ProfileDatabase.open(scene.path);
  store(database);
  const [sums] = query(
    scene.path,
    `SELECT sum(duration_ns) AS parts, max(start_ns + duration_ns) - min(start_ns) AS whole
    FROM power_sample_rows`,
  );
  assert.equal(sums!.parts, sums!.whole);
});

Deno.test("tables are strict, checked and referenced", () => {
  using scene = scratch();
  ProfileDatabase.open(scene.path).close();
  using database = connect(scene.path);
  const refused = (sql: string, reason: RegExp) => assert.throws(() => database.exec(sql), reason);
  const { n } = database.prepare(
    "SELECT count(*) AS n FROM pragma_table_list WHERE type = 'table' AND strict = 0 AND " +
      "name NOT LIKE 'prompt_search%' AND name NOT LIKE 'sqlite_%'",
  ).get() as { n: number };
  assert.equal(n, 0);
  refused(
    "INSERT INTO token_rows VALUES (1,99,0,0,0,'','decode',0,0,0,0,0,'hard','x',1)",
    /FOREIGN/,
  );
  refused("INSERT INTO names VALUES ('x', 'y')", /datatype mismatch|TEXT value/);
  refused("INSERT INTO profiling_runs (run_id, status) VALUES ('x', 'done')", /NOT NULL|CHECK/);
  refused("INSERT INTO layer_rows (id, token, layer) VALUES (7, 1, 1)", /CHECK/);
});

Deno.test("deleting a run by plain SQL cascades down to the components and the search index", () => {
  using scene = scratch();
  {
    using database = ProfileDatabase.open(scene.path);
    const runId = store(database);
    database.addComponentMetrics(runId, [metric(0, 0, "q_proj", 1)]);
  }
  using database = connect(scene.path);
  database.exec("DELETE FROM profiling_runs");
  for (const table of ["token_rows", "layer_rows", "component_rows", "power_sample_rows"]) {
    assert.deepEqual(database.prepare(`SELECT * FROM ${table}`).all(), [], table);
  }
  const hits = database.prepare("SELECT rowid FROM prompt_search WHERE prompt_search MATCH 'upon'");
  assert.deepEqual(hits.all(), []);
  database.exec("INSERT INTO prompt_search (prompt_search) VALUES ('integrity-check')");
});

Deno.test("the joins that people write use indexes and scan no rows", () => {
  using scene = scratch();
  ProfileDatabase.open(scene.path).close();
  const plan = (sql: string) =>
    query<{ detail: string }>(scene.path, `EXPLAIN QUERY PLAN ${sql}`).map((row) => row.detail);
  for (
    const sql of [
      "SELECT * FROM tokens WHERE run_id = 'x'",
      "SELECT * FROM power_samples WHERE run_id = 'x'",
      "SELECT * FROM layer_metrics WHERE token_id = 5",
      "SELECT * FROM component_metrics WHERE layer_metric_id = 5",
      "SELECT * FROM component_metrics WHERE token_id = 5",
      `SELECT * FROM tokens t JOIN layer_metrics l ON l.token_id = t.id
       JOIN component_metrics c ON c.layer_metric_id = l.id WHERE t.run_id = 'x'`,
    ]
  ) {
    const details = plan(sql);
    assert.ok(details.length > 0);
    const scans = details.filter((detail) => detail.startsWith("SCAN"));
    assert.deepEqual(scans, [], `${sql}\n${details.join("\n")}`);
  }
});

Deno.test("a component row takes at most 75 bytes, every column filled", () => {
  using scene = scratch();
  const [tokens, layers] = [400, 16];
  {
    using database = ProfileDatabase.open(scene.path);
    const run = sampleRun({ tokens: 1 });
    const runId = database.createRun(headerOf(run));
    const [token] = run.trace.tokens;
    database.addTokens(runId, [token!]);
    // After years of runs: ids that no longer fit into four bytes.
    query(scene.path, "UPDATE token_rows SET id = 900000");
    const batch = Array.from({ length: tokens }, (_, index) => ({ ...token!, index }));
    database.addTokens(runId, batch);
    for (let index = 0, n = 0; index < tokens; index++) {
      const rows: ComponentMetric[] = [];
      for (let layer = 0; layer < layers; layer++) {
        for (const component of COMPONENTS) rows.push(metric(index, layer, component, n++));
      }
      database.addComponentMetrics(runId, rows);
    }
  }
  const [size] = query<{ bytes: number; rows: number }>(
    scene.path,
    `SELECT (SELECT sum(pgsize) FROM dbstat WHERE name = 'component_rows') AS bytes,
      (SELECT count(*) FROM component_rows) AS rows`,
  );
  assert.equal(size!.rows, tokens * layers * COMPONENTS.length);
  const bytes = size!.bytes / size!.rows;
  assert.ok(bytes <= 75, `${bytes} bytes a row`);
  assert.ok(bytes > 50, `${bytes} bytes a row: is it measured at all?`);
});
