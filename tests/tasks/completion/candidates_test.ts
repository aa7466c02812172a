import assert from "node:assert/strict";
import { join } from "node:path";
import { answer } from "../../../tasks/completion/answer.ts";
import { ALL_COMMANDS } from "../../../tasks/commands.ts";
import { sampleRun } from "../../fixtures/run.ts";
import { ProfileDatabase } from "../../../lib/store/mod.ts";

async function ask(...typed: string[]): Promise<{ words: string[]; paths: boolean }> {
  const [kind, ...lines] = (await answer(typed)).split("\n");
  return { words: lines.map((line) => line.split("\t")[0]!), paths: kind === "paths" };
}

Deno.test("answer() completes the names of commands, each with what it does", async () => {
  assert.deepEqual((await ask("")).words, Object.keys(ALL_COMMANDS));
  assert.deepEqual((await ask("pro")).words, ["profile"]);
  assert.match(await answer(["pro"]), /^words\nprofile\tGenerate an answer/);
  assert.deepEqual((await ask("attic", "")).words, []);
});

Deno.test("answer() completes flags that are not there yet", async () => {
  assert.deepEqual((await ask("profile", "--de")).words, ["--depth"]);
  assert.deepEqual((await ask("profile", "--depth", "token", "--de")).words, []);
  assert.ok((await ask("profile", "--tag", "a", "--ta")).words.includes("--tag"), "given again");
  assert.ok((await ask("profile", "-")).words.includes("--help"));
  assert.deepEqual((await ask("profile", "--", "--de")).words, [], "after -- is no flag");
  assert.ok(!(await ask("completion", "--")).words.includes("--answer"), "hidden");
});

Deno.test("answer() completes the values of flags and arguments", async () => {
  const depths = ["token", "component", "operation"];
  assert.deepEqual((await ask("profile", "--depth", "")).words, depths);
  assert.deepEqual((await ask("profile", "--depth=c")).words, ["--depth=component"]);
  assert.deepEqual((await ask("setup", "--undo", "k")).words, ["kernel"]);
  assert.deepEqual((await ask("profile", "--power", "rig:m4")).words, ["rig:m4pro", "rig:m4max"]);
  assert.deepEqual((await ask("build-model", "--like", "gpt")).words, ["gpt2", "gpt2-xl"]);
  assert.ok((await ask("runs", "--sort", "joules")).words.includes("joulesPerToken"));
  assert.deepEqual(await ask("experiment", "quant"), { words: ["quantization"], paths: true });
  assert.equal((await ask("profile", "--model", "")).paths, true);
  assert.equal((await ask("profile", "--json", "")).paths, false, "--json takes no value");
});

Deno.test("answer() completes runs and labels from the database, and writes nothing", async () => {
  const folder = Deno.makeTempDirSync();
  const db = join(folder, "runs.db");
  assert.deepEqual((await ask("show", "--db", db, "la")).words, []);
  assert.deepEqual([...Deno.readDirSync(folder)], [], "asking makes no database");
  const id = storedRun(db, ["warm", "evil\x1b[2J", "two words"]);
  assert.deepEqual((await ask("show", "--db", db, "")).words, ["last", "last~1", id]);
  assert.deepEqual((await ask("show", "--db", db, id.slice(0, 9))).words, [id]);
  assert.deepEqual((await ask("show", "--db", db, "last", "")).words, [], "it takes one run");
  assert.deepEqual((await ask("compare", "--db", db, "x", "las")).words, ["last", "last~1"]);
  assert.deepEqual((await ask("runs", "--db", db, "--tag", "")).words, ["warm", "two words"]);
});

function storedRun(path: string, tags: string[]): string {
  using database = ProfileDatabase.open(path);
  const { model, prompt, power } = sampleRun();
  const id = database.createRun({ model, prompt, power, startedAtMs: 1e12, options: {}, tags });
  database.finishRun(id, { status: "interrupted" });
  return id;
}
