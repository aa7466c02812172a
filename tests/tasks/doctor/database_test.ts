import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ProfileDatabase } from "../../../lib/store/mod.ts";
import { databaseAnswer, diskAnswer } from "../../../tasks/doctor/database.ts";
import { testUnless } from "../../gate/needs.ts";

function names(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

Deno.test("databaseAnswer() looks at a database and leaves its folder as it was", () => {
  const folder = Deno.makeTempDirSync();
  const path = join(folder, "runs.db");
  assert.deepEqual(databaseAnswer(path), { found: `${path}, made by the first run` });
  assert.deepEqual(names(folder), []);
  ProfileDatabase.open(path)[Symbol.dispose]();
  const before = Deno.readFileSync(path);
  assert.match(JSON.stringify(databaseAnswer(path)), /, whole"/);
  assert.deepEqual(names(folder), ["runs.db"]);
  assert.deepEqual(Deno.readFileSync(path), before);
});

Deno.test("databaseAnswer() reads a database that is in use", () => {
  const path = join(Deno.makeTempDirSync(), "runs.db");
  using _ = ProfileDatabase.open(path);
  assert.match(JSON.stringify(databaseAnswer(path)), /, whole"/);
});

function rootPage(path: string, table: string): number {
  using connection = new DatabaseSync(path, { readOnly: true });
  const find = connection.prepare("SELECT rootpage FROM sqlite_schema WHERE name = ?");
  return Number(find.get(table)!.rootpage);
}

Deno.test("databaseAnswer() finds damage", () => {
  const path = join(Deno.makeTempDirSync(), "runs.db");
  ProfileDatabase.open(path)[Symbol.dispose]();
  const root = rootPage(path, "names");
  const bytes = Deno.readFileSync(path);
  // A page of rows: the schema can still be read.
  Deno.writeFileSync(path, bytes.fill(0xff, (root - 1) * 4096, root * 4096));
  assert.match(JSON.stringify(databaseAnswer(path)), /"reason":"SQLite finds it damaged: /);
  // And the schema itself.
  Deno.writeFileSync(path, bytes.fill(0xff, 4096));
  assert.throws(() => databaseAnswer(path), /malformed/);
});

Deno.test("databaseAnswer() refuses what cannot hold runs", () => {
  const folder = Deno.makeTempDirSync();
  const other = join(folder, "other.db");
  const connection = new DatabaseSync(other);
  connection.exec("CREATE TABLE cookies (name TEXT)");
  connection.close();
  assert.throws(() => databaseAnswer(other), /belongs to another program/);
  assert.match(JSON.stringify(databaseAnswer(join(other, "x.db"))), /is not a folder/);
  assert.match(JSON.stringify(databaseAnswer(folder)), /is a folder/);
});

testUnless(
  Deno.build.os !== "windows" && Deno.uid() === 0 ? "root may write everywhere" : null,
  "databaseAnswer() refuses a folder that cannot be written",
  () => {
    const folder = Deno.makeTempDirSync();
    Deno.chmodSync(folder, 0o555);
    assert.match(JSON.stringify(databaseAnswer(join(folder, "runs.db"))), /cannot be written/);
  },
);

Deno.test("diskAnswer() wants room where the database will be", () => {
  const path = join(Deno.makeTempDirSync(), "not", "yet", "runs.db");
  assert.match(JSON.stringify(diskAnswer(path, 1)), /^\{"found":"[\d.]+ GB free"\}$/);
  assert.match(JSON.stringify(diskAnswer(path, 1e18)), /less than .* MB is free/);
});
