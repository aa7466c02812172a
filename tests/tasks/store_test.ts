import assert from "node:assert/strict";
import { join } from "node:path";
import { ProfileDatabase } from "../../lib/store/mod.ts";
import { sampleRun } from "../fixtures/run.ts";
import { makeOldDatabase } from "../store/old_version.ts";
import { headerOf, scratch, store } from "../store/scene.ts";
import { type Ended, runTask } from "./run_task.ts";

/** A database with three runs, days apart, the last of which looked into its layers. */
function filled(path: string): string[] {
  using database = ProfileDatabase.open(path);
  return ["a red fox", "a grey wolf", "the \x1b[31mred barn"].map((prompt, day) => {
    const run = { ...sampleRun(), prompt };
    const runId = database.createRun(
      headerOf(run, { startedAtMs: Date.UTC(2026, 0, 1 + day), tags: [`day-${day}`] }),
    );
    if (day < 2) {
      const gzip = crypto.getRandomValues(new Uint8Array(50_000));
      database.addRawPower(runId, { format: "json", arrivalsMs: [1], gzip });
      database.finishRun(runId, { status: "failed", reason: "test" });
    } else {
      database.deleteRun(store(database, run));
      database.addTokens(
        runId,
        run.trace.tokens.map((token) => {
          const shift = Date.UTC(2026, 0, 3) - run.trace.samples[0]!.startMs;
          return { ...token, startMs: token.startMs + shift, endMs: token.endMs + shift };
        }),
      );
      const metric = { tokenIndex: 1, layer: 4, durationMs: 2, energyMj: 3 };
      database.addComponentMetrics(runId, [{ ...metric, component: "up_proj" }]);
      database.finishRun(runId, { status: "interrupted", reason: "stopped" });
    }
    return runId;
  });
}

const json = ({ code, stdout, stderr }: Ended) => {
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
};

Deno.test("runs filters, sorts, pages and counts", async () => {
  using scene = scratch();
  const ids = filled(scene.path);
  const runs = async (...args: string[]) =>
    json(await runTask("runs", ["--db", scene.path, "--json", ...args]))
      .map((run: { runId: string }) => ids.indexOf(run.runId));
  assert.deepEqual(await runs(), [2, 1, 0]);
  assert.deepEqual(await runs("--sort", "startedAtMs", "--ascending", "--limit", "2"), [0, 1]);
  assert.deepEqual(await runs("--limit", "1", "--page", "2"), [1]);
  assert.deepEqual(await runs("--since", "2026-01-02", "--until", "2026-01-03"), [1]);
  assert.deepEqual(await runs("--tag", "day-0"), [0]);
  const stats = json(await runTask("runs", ["--db", scene.path, "--stats", "--json"]));
  assert.equal(stats.runs, 3);
  const page = await runTask("runs", ["--db", scene.path, "--limit", "2"]);
  assert.match(page.stdout, /2 of 3 runs; --page 2 shows more/);
  const words = await runTask("runs", ["--db", scene.path, "--stats"]);
  assert.match(words.stdout, /Runs +3 \(1 interrupted, 2 failed\)/);
});

Deno.test("show tells what lies inside the tokens", async () => {
  using scene = scratch();
  filled(scene.path);
  const { stdout, code } = await runTask("show", ["last", "--db", scene.path]);
  assert.equal(code, 0);
  assert.match(stdout, /Decode steps\n +time +p5 .* p99 .* ms \(\d+ steps\)/);
  assert.match(stdout, /costliest.*\nup_proj +4 +2\.00 ms +3\.00 mJ/);
});

Deno.test("search finds by words, phrases and prefixes, and prints no escape codes", async () => {
  using scene = scratch();
  const ids = filled(scene.path);
  const found = async (text: string) =>
    json(await runTask("search", [text, "--db", scene.path, "--json"]))
      .map((run: { runId: string }) => ids.indexOf(run.runId)).sort();
  assert.deepEqual(await found("fox"), [0]);
  assert.deepEqual(await found("wol*"), [1]);
  assert.deepEqual(await found('"grey wolf"'), [1]);
  const { stdout } = await runTask("search", ["barn", "--db", scene.path]);
  assert.ok(stdout.includes("barn") && !stdout.includes("\x1b"), stdout);
  assert.match((await runTask("search", ["zebra", "--db", scene.path])).stdout, /No run matches/);
});

Deno.test("delete asks, refuses to without a terminal, and does not with --yes", async () => {
  using scene = scratch();
  const [first] = filled(scene.path);
  const refused = await runTask("delete", [first!, "--db", scene.path]);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /^error: Cannot ask .*pass --yes\n$/);
  const deleted = json(await runTask("delete", [first!, "--db", scene.path, "--yes", "--json"]));
  assert.deepEqual(deleted, { deleted: first });
  const gone = await runTask("delete", [first!, "--db", scene.path, "--yes"]);
  assert.equal(gone.code, 2);
  assert.match(gone.stderr, /holds no such run; .*deno task runs lists/);
});

Deno.test("prune says what would go, then deletes it", async () => {
  using scene = scratch();
  const ids = filled(scene.path);
  const prune = (...args: string[]) => runTask("prune", ["--db", scene.path, ...args]);
  const dry = json(await prune("--max-runs", "1", "--dry-run", "--json"));
  assert.deepEqual([dry.dryRun, dry.runs], [true, ids.slice(0, 2)]);
  const { size } = Deno.statSync(scene.path);
  const done = await prune("--max-runs", "1");
  assert.match(done.stdout, /Deleted 2 runs: [\d.]+ kB → [\d.]+ kB\n$/);
  assert.ok(Deno.statSync(scene.path).size < size, "the file itself is smaller");
  for (
    const [args, says] of [
      [[], /without a limit/],
      [["--max-size", "much"], /such as 500MB/],
      [["--max-runs", "-1"], /0 or more/],
    ] as const
  ) {
    const { code, stderr } = await prune(...args);
    assert.equal(code, 2);
    assert.match(stderr, says);
  }
});

Deno.test("no command makes a database that is not there", async () => {
  using scene = scratch();
  for (
    const [name, ...args] of [
      ["runs"],
      ["search", "x"],
      ["delete", "last", "--yes"],
      ["prune", "--max-runs", "1"],
    ]
  ) {
    const { code, stderr } = await runTask(name!, [...args, "--db", scene.path]);
    assert.equal(code, 2, name);
    assert.match(stderr, /no such file/);
  }
  assert.deepEqual([...Deno.readDirSync(scene.folder)], []);
});

Deno.test("a database of an older version is migrated by whichever command comes first", async () => {
  using scene = scratch();
  for (const args of [["runs"], ["show", "last"], ["search", "old"], ["delete", "last", "--yes"]]) {
    const path = join(scene.folder, `${args[0]}.db`);
    makeOldDatabase(path, 1);
    const { code, stderr } = await runTask(args[0]!, [...args.slice(1), "--db", path]);
    assert.equal(code, 0, stderr);
  }
});

for (const name of ["search", "delete", "prune", "export", "merge"]) {
  Deno.test(`${name} --help shows its options and examples`, async () => {
    const { code, stdout } = await runTask(name, ["--help"]);
    assert.equal(code, 0);
    assert.match(stdout, /--db[\s\S]*--json[\s\S]*[Ee]xamples:\n {2}deno task/);
  });
}

Deno.test("export writes each format, and merge reads JSON and databases, each run once", async () => {
  using scene = scratch();
  const ids = filled(scene.path);
  const out = join(scene.folder, "out");
  for (const format of ["csv", "parquet"]) {
    const args = ["last", "--db", scene.path, "--format", format, "-o", out, "--json"];
    const paths = json(await runTask("export", args));
    assert.equal(paths.length, 10);
    for (const path of paths) assert.ok(Deno.statSync(path).isFile);
  }
  const trace = join(scene.folder, "trace.json");
  json(
    await runTask("export", ["--db", scene.path, "--format", "perfetto", "-o", trace, "--json"]),
  );
  assert.ok(JSON.parse(Deno.readTextFileSync(trace)).traceEvents.length > 10);
  const file = join(scene.folder, "run.json");
  json(await runTask("export", [ids[0]!, "--db", scene.path, "-o", file, "--json"]));

  const target = join(scene.folder, "all.db");
  const one = await runTask("merge", [file, "--db", target]);
  assert.match(one.stdout, /run\.json: 1 taken in\n$/);
  const [both] = json(await runTask("merge", [scene.path, "--db", target, "--json"]));
  assert.deepEqual(both.imported.toSorted(), ids.slice(1).toSorted());
  assert.deepEqual(both.duplicates, [ids[0]]);
  for (
    const [args, says] of [
      [["export", "last", "--db", scene.path], /--out/],
      [
        ["show", `${ids[0]!.slice(0, -1)}z`, "--db", scene.path],
        /no such run; did you mean \d{8}-/,
      ],
      [["export", "zzz", "--db", scene.path, "-o", out], /holds no such run/],
      [
        ["export", "--db", scene.path, "--format", "xls", "-o", out],
        /json, csv, perfetto, parquet/,
      ],
      [["merge", trace, "--db", target], /it is no exported run/],
      [["merge", join(scene.folder, "none.db"), "--db", target], /no such file/],
      [["merge", join(scene.folder, "none.json"), "--db", target], /Cannot read/],
    ] as const
  ) {
    const { code, stderr } = await runTask(args[0], args.slice(1));
    assert.equal(code, 2, stderr);
    assert.match(stderr, says);
    assert.match(stderr, /^error: .*\n$/);
  }
});
