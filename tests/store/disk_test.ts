import assert from "node:assert/strict";
import { join } from "node:path";
import { InputError } from "../../lib/errors.ts";
import { nodeSqlite, ProfileDatabase, type SqliteDriver } from "../../lib/store/mod.ts";
import { sampleRun } from "../fixtures/run.ts";
import { testUnless } from "../gate/needs.ts";
import { connect, headerOf, query, scratch, store } from "./scene.ts";
import { noSmallDisk, smallDisk } from "./small_disk.ts";

function assertSound(path: string): void {
  assert.deepEqual(query(path, "PRAGMA integrity_check"), [{ integrity_check: "ok" }]);
  assert.deepEqual(query(path, "PRAGMA foreign_key_check"), []);
}

testUnless(noSmallDisk(), "a full disk loses the batch that did not fit, and nothing else", () => {
  for (const kilobytes of [900, 1300, 2100]) {
    using disk = smallDisk(kilobytes);
    const path = join(disk.folder, "runs.db");
    const run = sampleRun({ tokens: 1 });
    const database = ProfileDatabase.open(path);
    const runId = database.createRun(headerOf(run));
    let kept = 0;
    const fill = () => {
      for (; kept < 1e5; kept += 50) {
        const tokens = Array.from({ length: 50 }, (_, i) => ({
          ...run.trace.tokens[0]!,
          index: kept + i,
          text: "x".repeat(200),
        }));
        database.addTokens(runId, tokens);
      }
    };
    assert.throws(fill, (error) => {
      assert.ok(error instanceof InputError, String(error));
      assert.match(error.message, /disk is full.*; free some space or choose another disk$/);
      return true;
    });
    assert.ok(kept > 0);
    assert.equal(database.getTokens(runId).length, kept);
    // There is no room to write that it ended; who opens it next will say so.
    database.close();
    disk.grow(8192);
    using again = ProfileDatabase.open(path);
    assert.equal(again.getRun(runId)!.status, "interrupted");
    assert.equal(again.getTokens(runId).length, kept);
    assertSound(path);
    assert.equal(again.getRun(store(again))!.status, "complete");
  }
});

Deno.test("a database that another program locks is waited for, then refused, and keeps all", () => {
  using scene = scratch();
  const run = sampleRun();
  using database = ProfileDatabase.open(scene.path, { busyTimeoutMs: 50 });
  const runId = database.createRun(headerOf(run));
  database.addTokens(runId, run.trace.tokens.slice(0, 3));
  {
    using other = connect(scene.path);
    other.exec("BEGIN IMMEDIATE");
    const write = () => database.addTokens(runId, run.trace.tokens.slice(3, 6));
    assert.throws(write, /database is locked; wait until the other process is done/);
    // Who only reads is not kept waiting.
    assert.equal(database.getTokens(runId).length, 3);
    other.exec("ROLLBACK");
    write();
  }
  database.finishRun(runId, { status: "complete", result: run });
  assert.equal(database.getTokens(runId).length, run.trace.tokens.length);
  assertSound(scene.path);
});

Deno.test("a database that another program locks is waited for ten seconds unless stated", () => {
  using scene = scratch();
  const said: string[] = [];
  const driver: SqliteDriver = (path, options) => {
    const connection = nodeSqlite(path, options);
    const exec = (sql: string) => {
      said.push(sql);
      connection.exec(sql);
    };
    return { ...connection, exec };
  };
  using _ = ProfileDatabase.open(scene.path, { driver });
  assert.ok(said.includes("PRAGMA busy_timeout = 10000"), said.join("\n"));
});

testUnless(noSmallDisk(), "a database on a read-only disk is refused, with what to do", () => {
  using disk = smallDisk(4096);
  const path = join(disk.folder, "runs.db");
  {
    using database = ProfileDatabase.open(path);
    store(database);
  }
  disk.protect();
  const reading = () => ProfileDatabase.open(path, { readOnly: true });
  assert.throws(reading, /write beside a database.*; copy it to a folder that this process may/);
  assert.throws(() => ProfileDatabase.open(path), /choose a path that this process may write/);
});

Deno.test("a database that may not be written is read, and refused for writing", () => {
  using scene = scratch();
  {
    using database = ProfileDatabase.open(scene.path);
    store(database);
  }
  const copy = join(scene.folder, "copy.db");
  Deno.copyFileSync(scene.path, copy);
  Deno.chmodSync(copy, 0o444);
  using database = ProfileDatabase.open(copy, { readOnly: true });
  assert.equal(database.getRuns().length, 1);
  assert.throws(() => database.createRun(headerOf(sampleRun())), InputError);
});
