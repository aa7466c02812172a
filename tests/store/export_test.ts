import assert from "node:assert/strict";
import { join } from "node:path";
import { parquetReadObjects } from "hyparquet";
import { InputError } from "../../lib/errors.ts";
import { EXPORT_FORMATS, exportRun, perfettoTrace } from "../../lib/store/export/mod.ts";
import { ProfileDatabase, runDocument, type TableName, TABLES } from "../../lib/store/mod.ts";
import { lackingValidator, schemaProblems } from "../gate/json_schema.ts";
import { testUnless } from "../gate/needs.ts";
import { storeRichRun } from "./rich_run.ts";
import { scratch } from "./scene.ts";

const NAMES = Object.keys(TABLES) as TableName[];

Deno.test("every table has rows of the rich run, and all of its columns exist", () => {
  using database = ProfileDatabase.open(":memory:");
  storeRichRun(database, "other");
  const runId = storeRichRun(database);
  for (const name of NAMES) {
    const rows = database.getTable(runId, name);
    assert.ok(rows.length > 0, name);
    for (const row of rows) {
      assert.deepEqual(Object.keys(row), Object.keys(TABLES[name]));
      for (const [column, kind] of Object.entries(TABLES[name])) {
        const value = row[column] ?? null;
        if (value === null) continue;
        const isText = kind === "text" || kind === "json";
        assert.equal(typeof value, isText ? "string" : "number", `${name}.${column}: ${value}`);
        if (kind === "integer") assert.ok(Number.isInteger(value), `${name}.${column}: ${value}`);
        if (kind === "json") JSON.parse(value as string);
      }
    }
  }
});

Deno.test("csv keeps commas, quotes, line breaks and nulls apart", async () => {
  using scene = scratch();
  using database = ProfileDatabase.open(":memory:");
  const prompt = 'He said: "one,\ntwo" = 3';
  const runId = storeRichRun(database, prompt);
  const paths = await exportRun(database, runId, "csv", join(scene.folder, "out"));
  assert.deepEqual(paths.map((path) => path.split("/").at(-1)), NAMES.map((n) => `${n}.csv`));
  for (const name of NAMES) {
    const text = Deno.readTextFileSync(join(scene.folder, "out", `${name}.csv`));
    const [header, ...rows] = parseCsv(text);
    assert.deepEqual(header, Object.keys(TABLES[name]));
    const expected = database.getTable(runId, name).map((row) =>
      Object.entries(TABLES[name]).map(([column, kind]) => {
        const value = row[column] ?? null;
        return value === null ? null : kind === "boolean" ? `${value !== 0}` : `${value}`;
      })
    );
    assert.deepEqual(rows, expected, name);
  }
});

/** A reader of its own: quotes, doubled quotes, and `null` for a cell with nothing in it. */
function parseCsv(text: string): (string | null)[][] {
  const rows: (string | null)[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))([,\n])/g)) {
    rows.at(-1)!.push(quoted?.replaceAll('""', '"') ?? (plain === "" ? null : plain!));
    if (end === "\n") rows.push([]);
  }
  return rows.slice(0, -1);
}

Deno.test("parquet files are read back by an independent reader with types and nulls", async () => {
  using scene = scratch();
  using database = ProfileDatabase.open(":memory:");
  const runId = storeRichRun(database);
  await exportRun(database, runId, "parquet", scene.folder);
  for (const name of NAMES) {
    const file = Deno.readFileSync(join(scene.folder, `${name}.parquet`)).buffer;
    const rows = await parquetReadObjects({ file });
    const expected = database.getTable(runId, name).map((row) =>
      Object.fromEntries(
        Object.entries(TABLES[name]).map(([column, kind]) => {
          const value = row[column] ?? null;
          if (value === null) return [column, null];
          if (kind === "integer") return [column, BigInt(value)];
          if (kind === "json") return [column, JSON.parse(value as string)];
          return [column, kind === "boolean" ? value !== 0 : value];
        }),
      )
    );
    assert.deepEqual(rows.map((row) => nulled(row)), expected, name);
  }
});

function nulled(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, value ?? null]));
}

Deno.test("a table without rows is still a Parquet file with its columns", async () => {
  using scene = scratch();
  using database = ProfileDatabase.open(":memory:");
  const { store } = await import("./scene.ts");
  await exportRun(database, store(database), "parquet", scene.folder);
  const file = Deno.readFileSync(join(scene.folder, "moe_expert_activations.parquet")).buffer;
  assert.deepEqual(await parquetReadObjects({ file }), []);
});

Deno.test("the Perfetto trace is what the JSON trace format asks for, and its slices nest", () => {
  using database = ProfileDatabase.open(":memory:");
  const document = runDocument(database, storeRichRun(database));
  const { traceEvents } = JSON.parse(JSON.stringify(perfettoTrace(document))) as ReturnType<
    typeof perfettoTrace
  >;
  for (const event of traceEvents) {
    assert.ok(["X", "C", "M"].includes(event.ph));
    assert.ok(Number.isInteger(event.ts) && event.pid === 1 && Number.isInteger(event.tid));
    if (event.ph === "X") assert.ok(Number.isInteger(event.dur) && event.dur! >= 0);
    if (event.ph === "C") assert.ok(Object.values(event.args).every(Number.isFinite));
  }
  const slices = traceEvents.filter((event) => event.ph === "X");
  // Per track: whoever begins inside of another must end inside of it, as the format demands.
  for (const track of Map.groupBy(slices, (event) => event.tid).values()) {
    const stack: number[] = [];
    for (const { ts, dur } of track.toSorted((a, b) => a.ts - b.ts || b.dur! - a.dur!)) {
      while (stack.length > 0 && stack.at(-1)! <= ts) stack.pop();
      assert.ok(stack.length === 0 || ts + dur! <= stack.at(-1)! + 1, `slice at ${ts} sticks out`);
      stack.push(ts + dur!);
    }
  }
  const kinds = Map.groupBy(slices, (event) => event.cat!);
  const { run } = document;
  assert.equal(kinds.get("token")!.length, run.trace.tokens.length);
  assert.equal(kinds.get("phase")!.length, run.trace.phases.length);
  assert.equal(kinds.get("layer")!.length, 3);
  assert.equal(kinds.get("operation")!.length, 1);
  assert.equal(kinds.get("section")!.length, run.trace.tokens.length * 2);
  const counters = traceEvents.filter((event) => event.ph === "C");
  assert.deepEqual(
    [...new Set(counters.map((event) => event.name))],
    ["cpu power", "gpu power", "ane power"],
  );
  // The area under the counter is the energy of the samples.
  const gpu = counters.filter((event) => event.name === "gpu power");
  const area = gpu.reduce((mj, { ts, args }, i) => {
    const next = gpu[i + 1];
    return next ? mj + (args.mW as number) * (next.ts - ts) / 1e6 : mj;
  }, 0);
  const energy = run.trace.samples.reduce((mj, sample) => mj + sample.energyMj.gpu!, 0);
  assert.ok(Math.abs(area - energy) < energy * 1e-4, `${area} is not ${energy}`);
});

testUnless(
  lackingValidator,
  "exported JSON is what docs/run.schema.json says",
  async () => {
    using scene = scratch();
    using database = ProfileDatabase.open(":memory:");
    const { headerOf } = await import("./scene.ts");
    const { sampleRun } = await import("../fixtures/run.ts");
    const runs = [storeRichRun(database)];
    runs.push(database.createRun(headerOf(sampleRun())));
    database.finishRun(runs[1]!, { status: "failed", reason: "early" });
    const documents: { layers: { durationMs: unknown }[] }[] = [];
    for (const runId of runs) {
      const paths = await exportRun(database, runId, "json", join(scene.folder, `${runId}.json`));
      for (const path of paths) documents.push(JSON.parse(Deno.readTextFileSync(path)));
    }
    assert.equal(documents.length, runs.length);
    const broken = structuredClone(documents[0]!);
    broken.layers[0]!.durationMs = "long";
    const problems = await schemaProblems("run.schema.json", [...documents, broken]);
    assert.deepEqual(problems.slice(0, -1), [[], []]);
    assert.match(problems.at(-1)!.join(), /layers\[0\]\.durationMs/, "what is wrong is refused");
  },
);

Deno.test("exportRun() refuses a run that is not there, and a path that cannot be written", async () => {
  using database = ProfileDatabase.open(":memory:");
  const refused = (work: Promise<unknown>, says: RegExp) =>
    assert.rejects(work, (error) => {
      assert.ok(error instanceof InputError);
      assert.match(error.message, says);
      return true;
    });
  for (const format of EXPORT_FORMATS) {
    await refused(exportRun(database, "last", format, "/tmp/x"), /holds no run yet/);
  }
  const runId = storeRichRun(database);
  for (const format of EXPORT_FORMATS) {
    await refused(
      exportRun(database, runId, format, "/dev/null/x"),
      /Cannot write "\/dev\/null\/x/,
    );
  }
});
