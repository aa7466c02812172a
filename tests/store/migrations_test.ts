import assert from "node:assert/strict";
import { nodeSqlite, Sql } from "../../lib/store/connection.ts";
import { APPLICATION_ID, migrate, MIGRATIONS, readIdentity } from "../../lib/store/migrations.ts";
import { ProfileDatabase } from "../../lib/store/mod.ts";
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
  const next = [...MIGRATIONS, "ALTER TABLE profiling_runs ADD COLUMN engine TEXT"];
  migrate(sql, next);
  assert.equal(readIdentity(sql).version, next.length);
  assert.deepEqual(query(scene.path, "SELECT engine, status FROM profiling_runs"), [
    { engine: null, status: "complete" },
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
