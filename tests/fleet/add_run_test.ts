import assert from "node:assert/strict";
import { join } from "node:path";
import { parquetReadObjects } from "hyparquet";
import { InputError } from "../../lib/errors.ts";
import { addToFleet, fleetFiles, listFleet, strangeFiles } from "../../lib/fleet/mod.ts";
import { ProfileDatabase, TABLES } from "../../lib/store/mod.ts";
import { sampleRun } from "../fixtures/run.ts";
import { storeRichRun } from "../store/rich_run.ts";
import { headerOf, scratch } from "../store/scene.ts";

Deno.test("addToFleet() writes every table of a run, once", async () => {
  using scene = scratch();
  using database = ProfileDatabase.open(":memory:");
  const runId = storeRichRun(database);
  const first = await addToFleet(database, "last", scene.folder);
  assert.deepEqual([first.runId, first.isNew], [runId, true]);
  const [run, ...others] = listFleet(scene.folder).runs;
  assert.deepEqual(others, []);
  assert.deepEqual(run, {
    host: first.host,
    date: first.date,
    runId,
    path: join(scene.folder, `host=${first.host}`, `date=${first.date}`, `run=${runId}`),
  });
  const file = Deno.readFileSync(join(first.path, "tokens.parquet")).buffer;
  assert.equal((await parquetReadObjects({ file })).length, database.getTokens(runId).length);
  assert.equal([...Deno.readDirSync(first.path)].length, Object.keys(TABLES).length);
  const before = Deno.statSync(join(first.path, "tokens.parquet")).mtime;
  assert.equal((await addToFleet(database, runId, scene.folder)).isNew, false);
  assert.deepEqual(Deno.statSync(join(first.path, "tokens.parquet")).mtime, before);
});

Deno.test("addToFleet() is safe when many add the same runs at once", async () => {
  using scene = scratch();
  using database = ProfileDatabase.open(":memory:");
  const ids = [storeRichRun(database, "one"), storeRichRun(database, "two")];
  const additions = await Promise.all(
    Array.from({ length: 12 }, (_, at) => addToFleet(database, ids[at % 2]!, scene.folder)),
  );
  assert.equal(additions.filter(({ isNew }) => isNew).length, 2);
  const fleet = listFleet(scene.folder);
  assert.deepEqual(fleet.runs.map(({ runId }) => runId).sort(), ids.toSorted());
  assert.deepEqual(fleet.problems, []);
  const day = join(fleet.runs[0]!.path, "..");
  assert.equal([...Deno.readDirSync(day)].length, 2, "no draft is left");
});

Deno.test("addToFleet() removes what killed processes left an hour ago, and nothing else", async () => {
  using scene = scratch();
  using database = ProfileDatabase.open(":memory:");
  storeRichRun(database, "one");
  const day = join((await addToFleet(database, "last", scene.folder)).path, "..");
  const left = (name: string, ageMinutes: number) => {
    Deno.mkdirSync(join(day, name));
    Deno.writeTextFileSync(join(day, name, "tokens.parquet"), "half");
    const then = new Date(Date.now() - 60_000 * ageMinutes);
    Deno.utimeSync(join(day, name), then, then);
    return name;
  };
  const stale = left(`.killed.${crypto.randomUUID()}`, 90);
  const kept = [left(`.goes-on.${crypto.randomUUID()}`, 30), left(".Trash-1000", 90)];
  storeRichRun(database, "two");
  await addToFleet(database, "last", scene.folder);
  const names = new Set([...Deno.readDirSync(day)].map(({ name }) => name));
  assert.ok(!names.has(stale));
  for (const name of kept) assert.ok(names.has(name), name);
  assert.equal(names.size, kept.length + 2);
});

Deno.test("addToFleet() refuses what is not there, goes on, or cannot be written", async () => {
  using scene = scratch();
  using database = ProfileDatabase.open(":memory:");
  const refused = (work: Promise<unknown>, says: RegExp) =>
    assert.rejects(work, (error) => {
      assert.ok(error instanceof InputError);
      assert.match(error.message, says);
      return true;
    });
  await refused(addToFleet(database, "last", scene.folder), /holds no such run/);
  database.createRun(headerOf(sampleRun()));
  await refused(addToFleet(database, "last", scene.folder), /still goes on/);
  storeRichRun(database);
  const ended = database.getRuns({ status: "complete" })[0]!.runId;
  await refused(addToFleet(database, ended, "/dev/null/x"), /Cannot add run .*choose a folder/);
});

Deno.test("listFleet() names what is no run, and fleetFiles() what is no table of ours", async () => {
  using scene = scratch();
  using database = ProfileDatabase.open(":memory:");
  const paths: string[] = [];
  for (let at = 0; at < 6; at++) {
    storeRichRun(database, `prompt ${at}`);
    paths.push((await addToFleet(database, "last", scene.folder)).path);
  }
  const tokens = paths.map((path) => join(path, "tokens.parquet"));
  Deno.writeTextFileSync(tokens[0]!, "no Parquet at all, but long enough");
  Deno.truncateSync(tokens[1]!, 500);
  Deno.writeTextFileSync(tokens[2]!, "");
  Deno.removeSync(tokens[3]!);
  Deno.copyFileSync(join(paths[4]!, "layer_metrics.parquet"), tokens[4]!);
  const { files, alike, unlike, problems } = fleetFiles(listFleet(scene.folder), "tokens");
  assert.deepEqual([files, alike, unlike], [[tokens[5]], [[tokens[5]]], []]);
  const reasons = new Map(problems.map(({ path, reason }) => [path, reason]));
  const says = [/not a Parquet/, /not a Parquet/, /0 bytes/, /missing/, /not tokens/];
  for (const [at, reason] of says.entries()) assert.match(reasons.get(tokens[at]!)!, reason);

  const foreign = await foreignParquet();
  Deno.writeFileSync(tokens[5]!, foreign);
  const last = fleetFiles(listFleet(scene.folder), "tokens").problems
    .find(({ path }) => path === tokens[5]);
  assert.match(last!.reason, /did not write it/);

  Deno.writeTextFileSync(join(scene.folder, "notes.txt"), "");
  Deno.mkdirSync(join(scene.folder, "host=x", "date=today", "run=1"), { recursive: true });
  Deno.writeTextFileSync(join(paths[0]!, "mine.csv"), "");
  const fleet = listFleet(scene.folder);
  assert.equal(fleet.runs.length, 6);
  assert.deepEqual(
    fleet.problems.map(({ path }) => path.slice(scene.folder.length + 1)).sort(),
    ["host=x/date=today/run=1", "notes.txt"],
  );
  assert.deepEqual(strangeFiles(fleet).map(({ path }) => path), [join(paths[0]!, "mine.csv")]);
});

async function foreignParquet(): Promise<Uint8Array> {
  const { parquetWriteBuffer } = await import("hyparquet-writer");
  const columnData = [{ name: "x", data: [1, 2, 3], type: "DOUBLE" as const }];
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

Deno.test("listFleet() refuses a folder that is not there", () => {
  assert.throws(() => listFleet("/nowhere/at/all"), /Cannot read the fleet at "\/nowhere/);
});
