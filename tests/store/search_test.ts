import assert from "node:assert/strict";
import { ProfileDatabase } from "../../lib/store/mod.ts";
import { searchExpression } from "../../lib/store/search.ts";
import { sampleRun } from "../fixtures/run.ts";
import { headerOf, store } from "./scene.ts";

Deno.test("searchByPrompt() finds words, phrases and prefixes in prompt and response", () => {
  using database = ProfileDatabase.open(":memory:");
  const add = (prompt: string) => database.createRun(headerOf(sampleRun(), { prompt }));
  const cat = add("The café cat sat on the mat");
  const dog = add("A dog, a mat and a category");
  const whole = store(database);
  const found = (text: string) => database.searchByPrompt(text).map((run) => run.runId).sort();
  assert.deepEqual(found("mat"), [cat, dog].sort());
  assert.deepEqual(found("CAFE"), [cat]);
  assert.deepEqual(found("mat dog"), [dog]);
  assert.deepEqual(found("cat"), [cat, whole].sort());
  assert.deepEqual(found("categ*"), [dog]);
  assert.deepEqual(found("categ"), []);
  assert.deepEqual(found('"sat on"'), [cat]);
  assert.deepEqual(found('"on sat"'), []);
  // The response came with finishRun.
  assert.deepEqual(found("little girl"), [whole]);
  assert.deepEqual(database.searchByPrompt("mat", { limit: 1 }).length, 1);
});

Deno.test("searchByPrompt() takes hostile syntax for text", () => {
  using database = ProfileDatabase.open(":memory:");
  const run = store(database);
  const hostile = [
    '"',
    '""',
    "'",
    "*",
    "upon OR",
    "AND",
    "NOT upon",
    "prompt:upon",
    "upon NEAR/2 time",
    "NEAR(upon time)",
    "(upon",
    "upon)",
    "{prompt response}:upon",
    "^upon",
    "upon + time",
    "-upon",
    "'; DROP TABLE profiling_runs; --",
    "upon\0",
    'upon" OR "x',
    "\ud800",
    "%",
    "?1",
    "🦊",
    " ",
    "",
    "a".repeat(100_000),
  ];
  for (const text of hostile) {
    assert.doesNotThrow(() => database.searchByPrompt(text), text.slice(0, 40));
  }
  assert.equal(database.searchByPrompt("(upon").length, 1);
  assert.equal(database.searchByPrompt("upon\0time").length, 1);
  assert.equal(database.searchByPrompt("upon OR zebra").length, 0);
  assert.equal(database.searchByPrompt("* ---").length, 0);
  assert.equal(database.getRuns()[0]!.runId, run);
});

Deno.test("searchExpression() quotes every term", () => {
  assert.equal(searchExpression('a "b c" d* "e'), '"a" AND "b c" AND "d"* AND "e"');
  assert.equal(searchExpression('""  *'), null);
});
