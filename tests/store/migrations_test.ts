import assert from "node:assert/strict";
import { nodeSqlite } from "../../lib/store/node_sqlite.ts";
import { Sql } from "../../lib/store/sql.ts";
import { APPLICATION_ID, migrate, MIGRATIONS, readIdentity } from "../../lib/store/migrations.ts";
import { ProfileDatabase } from "../../lib/store/mod.ts";
import { makeOldDatabase, OLD_ROWS } from "./old_version.ts";
import { query, scratch, store } from "./scene.ts";

function connect(path: string): Sql & Disposable {
  const sql = new Sql(nodeSqlite(path, { readOnly: false }), "Cannot migrate");
  return Object.assign(sql, { [Symbol.dispose]: () => sql.close() });
}

Deno.test("migrate() brings an empty database to the newest version, once", () => {
  using sql = connect(":memory:");
  assert.deepEqual(readIdentity(sql), { applicationId: 0, version: 0, tables: [] });
  migrate(sql);
  const identity = readIdentity(sql);
  assert.equal(identity.applicationId, APPLICATION_ID);
  assert.equal(identity.version, MIGRATIONS.length);
  assert.ok(identity.tables.includes("profiling_runs"));
  migrate(sql);
  assert.deepEqual(readIdentity(sql), identity);
});

Deno.test("migrate() runs only the steps that are missing, and keeps the data", () => {
  using scene = scratch();
  {
    using database = ProfileDatabase.open(scene.path);
    store(database);
  }
  using sql = connect(scene.path);
  const next = [...MIGRATIONS, "ALTER TABLE profiling_runs ADD COLUMN newest TEXT"];
  migrate(sql, next);
  assert.equal(readIdentity(sql).version, next.length);
  assert.deepEqual(query(scene.path, "SELECT newest, status FROM profiling_runs"), [
    { newest: null, status: "complete" },
  ]);
});

Deno.test("migrate() leaves everything as it was when a step fails", () => {
  using sql = connect(":memory:");
  migrate(sql);
  const before = readIdentity(sql);
  const broken = [...MIGRATIONS, "CREATE TABLE fine (id INTEGER) STRICT", "CREATE TABLE broken ("];
  assert.throws(() => migrate(sql, broken));
  assert.deepEqual(readIdentity(sql), before);
});

Deno.test("open() sets the pragmas that durability and cascades rest on", () => {
  using scene = scratch();
  ProfileDatabase.open(scene.path).close();
  assert.deepEqual(query(scene.path, "PRAGMA journal_mode"), [{ journal_mode: "wal" }]);
});

for (const [i] of OLD_ROWS.entries()) {
  Deno.test(`a database of version ${i + 1} is migrated and keeps every row`, () => {
    using scene = scratch();
    makeOldDatabase(scene.path, i + 1);
    const count = () =>
      ["token", "layer", "component", "deep_operation", "moe_activation", "layer_component"].map(
        (table) => query(scene.path, `SELECT count(*) AS n FROM ${table}_rows`)[0]!.n,
      );
    assert.deepEqual(count(), [1, 1, 1, 1, 1, 1]);
    using database = ProfileDatabase.open(scene.path);
    assert.deepEqual(count(), [1, 1, 1, 1, 1, 1]);
    const run = database.getRun("last")!;
    assert.equal(run.runId, "20261101-120000-00ff00");
    assert.equal(run.totals.energyMj, 10_000);
    assert.equal(run.figures!.edpJs, 20);
    assert.equal(run.figures!.tokenP50Ms, null);
    assert.equal(run.details.engine, null);
    assert.deepEqual(run.groups, []);
    assert.deepEqual(run.trace.samples[0]!.energyMj, { cpu: 250, gpu: null, ane: null });
    assert.equal(database.getTokens("last")[0]!.energyMj, 2e-6);
    assert.equal(database.getRunSummary("last")!.layerComponents[0]!.activation!.maxAbs, 9);
    assert.deepEqual(database.getMoeExpertActivations("last"), [
      { repetition: 0, tokenIndex: 0, layer: 2, expert: 5, weight: 0.75, positions: 1 },
    ]);
    assert.equal(database.searchByPrompt("old prompt").length, 1);
    assert.deepEqual(query(scene.path, "PRAGMA integrity_check"), [{ integrity_check: "ok" }]);
    assert.deepEqual(query(scene.path, "PRAGMA foreign_key_check"), []);
    assert.equal(database.deleteRun("last"), true);
    assert.deepEqual(count(), [0, 0, 0, 0, 0, 0]);
  });
}

Deno.test("every version but the newest has rows to be migrated", () => {
  assert.equal(OLD_ROWS.length, MIGRATIONS.length - 1);
});
