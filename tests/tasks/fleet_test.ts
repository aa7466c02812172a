import assert from "node:assert/strict";
import { join } from "node:path";
import { addToFleet, fleetFiles, listFleet } from "../../lib/fleet/mod.ts";
import { nodeSqlite, ProfileDatabase } from "../../lib/store/mod.ts";
import { testUnless } from "../gate/needs.ts";
import { storeRichRun } from "../store/rich_run.ts";
import { scratch } from "../store/scene.ts";
import { type Ended, ended, hasWorked, killable, runTask, spawnTask } from "./run_task.ts";
import { storeArms } from "./stored_arms.ts";

const folder = Deno.makeTempDirSync({ prefix: "tokenwatt-fleet-" });
const fleetFolder = join(folder, "the fleet's");
const database = join(folder, "runs.db");
globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));

storeArms(database, [
  { tag: "before", factor: 1, processes: 8 },
  { tag: "after", factor: 1.1, processes: 8 },
]);
{
  // One run a day, so that days and order are those of the processes.
  const connection = nodeSqlite(database, { readOnly: false });
  connection.exec("UPDATE profiling_runs SET started_at_ms = started_at_ms + 86400000 * (id / 2)");
  connection.close();
}

const fleet = (...args: string[]) => runTask("fleet", [fleetFolder, ...args]);
const json = ({ code, stdout, stderr }: Ended) => {
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout);
};

// Added by its own process first: that is what fetches DuckDB where it is not in the cache.
const added = await runTask("fleet", [fleetFolder, "--all", "--db", database, "--json"]);
const lacking = /Import '.*failed|client error \(Connect\)|error sending request/.test(added.stderr)
  ? "DuckDB is not in Deno's cache and cannot be fetched"
  : null;

testUnless(lacking, "fleet --all adds every run once", async () => {
  const additions = json(added) as { isNew: boolean }[];
  assert.equal(additions.filter(({ isNew }) => isNew).length, 32);
  const { code, stdout } = await fleet("--add", "last", "--add", "last~1", "--db", database);
  assert.deepEqual([code, stdout], [0, "0 added, 2 there already\n"]);
});

testUnless(lacking, "fleet adds the same runs from several processes at once", async () => {
  const shared = join(folder, "shared");
  const all = await Promise.all(
    [1, 2, 3].map(() => ended(spawnTask("fleet", [shared, "--all", "--db", database, "--json"]))),
  );
  const additions = all.flatMap(json) as { isNew: boolean }[];
  assert.equal(additions.length, 96);
  assert.equal(additions.filter(({ isNew }) => isNew).length, 32);
  const found = listFleet(shared);
  assert.equal(fleetFiles(found, "profiling_runs").files.length, 32);
  assert.deepEqual(found.problems, []);
});

testUnless(lacking, "fleet shows its hosts, and its reports say what is in them", async () => {
  const overview = await fleet();
  assert.match(overview.stdout, /^host +runs +builds +first +last\n.* 32 /);
  const { hosts } = json(await fleet("--report", "hosts", "--json"));
  assert.deepEqual([hosts.length, hosts[0].runs, hosts[0].processes], [1, 32, 16]);
  const { histories } = json(await fleet("--report", "regressions", "--json"));
  const [step] = histories[0].steps;
  assert.deepEqual(
    [histories[0].steps.length, step.verdict, step.before, step.after],
    [1, "regression", 8, 8],
  );
  assert.ok(step.lowPercent > 5 && step.lowPercent < 10.1 && step.highPercent > 9.9);
  const { stdout } = await fleet("--report", "regressions");
  assert.match(stdout, /^verdict .*\nregression .*\n1 subject watched, 0 without a step\n$/);
});

testUnless(lacking, "every view answers SQL with the rows that the store has", async () => {
  using scene = scratch();
  using store = ProfileDatabase.open(":memory:");
  const runId = storeRichRun(store, "a \u001b[31m prompt");
  await addToFleet(store, runId, scene.folder);
  const counts = Object.entries({
    runs: 1,
    tokens: store.getTable(runId, "tokens").length,
    phases: store.getTable(runId, "pipeline_sections").filter(({ is_phase }) => is_phase).length,
    sections: store.getTable(runId, "pipeline_sections").filter((row) => !row.is_phase).length,
    power: store.getTable(runId, "power_samples").length,
    layers: 3,
    components: 7,
    operations: 1,
    statistics: 2,
    experts: 1,
    summaries: store.getTable(runId, "layer_component_summaries").length,
  });
  const sql = counts.map(([view]) =>
    `SELECT '${view}' AS view, count(*) AS rows, min(run_id) AS run, max(host) AS host FROM ${view}`
  ).join(" UNION ALL ");
  const answer = json(await runTask("fleet", [scene.folder, "--sql", sql, "--json"]));
  const host = listFleet(scene.folder).runs[0]!.host;
  assert.deepEqual(answer.columns, ["view", "rows", "run", "host"]);
  assert.deepEqual(answer.rows, counts.map(([view, count]) => [view, count, runId, host]));
  // What a run's text holds does not reach the terminal.
  const shown = await runTask("fleet", [scene.folder, "--sql", "SELECT prompt FROM runs"]);
  assert.ok(shown.stdout.includes("␛[31m") && !shown.stdout.includes("\u001b"));
});

testUnless(
  lacking,
  "runs of several versions answer together, by the names of columns",
  async () => {
    using scene = scratch();
    using store = ProfileDatabase.open(":memory:");
    const paths: string[] = [];
    for (let at = 0; at < 4; at++) {
      storeRichRun(store, `prompt ${at}`);
      paths.push((await addToFleet(store, "last", scene.folder)).path);
    }
    // Two that stay; one with columns of its own, in another order; one that does not say which.
    const { parquetWriteBuffer } = await import("hyparquet-writer");
    for (const [at, keys] of [[2, { "tokenwatt.columns": "0123456789abcdef" }], [3, {}]] as const) {
      const columnData = [
        { name: "colour", data: [`colour ${at}`], type: "STRING" as const },
        { name: "tool_version", data: [`0.0.${at}`], type: "STRING" as const },
        { name: "prompt", data: [`made ${at}`], type: "STRING" as const },
        ...["git_commit", "run_id", "findings"].map((name) => ({
          name,
          data: [""],
          type: "STRING" as const,
        })),
        { name: "started_at_ms", data: [0n], type: "INT64" as const },
      ];
      const kvMetadata = Object.entries({ "tokenwatt.table": "profiling_runs", ...keys })
        .map(([key, value]) => ({ key, value }));
      const path = join(paths[at]!, "profiling_runs.parquet");
      Deno.writeFileSync(path, new Uint8Array(parquetWriteBuffer({ columnData, kvMetadata })));
    }
    const { alike, unlike } = fleetFiles(listFleet(scene.folder), "profiling_runs");
    assert.deepEqual([alike.map(({ length }) => length).sort(), unlike.length], [[1, 2], 1]);
    const sql = "SELECT prompt, colour, model_name IS NULL FROM runs ORDER BY prompt";
    const { rows, problems } = json(await runTask("fleet", [scene.folder, "--sql", sql, "--json"]));
    assert.deepEqual(problems, []);
    assert.deepEqual(rows, [
      ["made 2", "colour 2", true],
      ["made 3", "colour 3", true],
      ["prompt 0", null, false],
      ["prompt 1", null, false],
    ]);
  },
);

testUnless(lacking, "broken and foreign files are named, and the rest is answered", async () => {
  using scene = scratch();
  using store = ProfileDatabase.open(":memory:");
  const paths: string[] = [];
  for (let at = 0; at < 4; at++) {
    storeRichRun(store, `prompt ${at}`);
    paths.push((await addToFleet(store, "last", scene.folder)).path);
  }
  const [truncated, damaged, footless] = paths.map((path) => join(path, "profiling_runs.parquet"));
  Deno.truncateSync(truncated!, 1000);
  // Whole at both ends, wrong in the middle: only reading it tells.
  overwrite(damaged!, 4, 2000);
  overwrite(footless!, -600, 300);
  const sql = "SELECT count(*) AS n, count(DISTINCT prompt) AS p, max(findings::VARCHAR) FROM runs";
  const { code, stdout, stderr } = await runTask("fleet", [scene.folder, "--sql", sql, "--json"]);
  assert.equal(code, 0, stderr);
  const { rows, problems } = JSON.parse(stdout);
  assert.deepEqual(rows[0].slice(0, 2), [1, 1]);
  assert.deepEqual(
    problems.map(({ path }: { path: string }) => path).sort(),
    [truncated, damaged, footless].toSorted(),
  );
  for (const path of [truncated, damaged, footless]) assert.ok(stderr.includes(path!), stderr);
  assert.doesNotMatch(stderr, /^ +at /m);
});

function overwrite(path: string, from: number, length: number): void {
  const bytes = Deno.readFileSync(path);
  const start = from < 0 ? bytes.length + from : from;
  bytes.fill(0xff, start, start + length);
  Deno.writeFileSync(path, bytes);
}

const REFUSED: [string, RegExp][] = [
  ["", /it is empty/],
  ["selec 1", /Parser Error/],
  ["SELECT nothing FROM runs", /Binder Error/],
  ["SELECT 1; SELECT 2", /it has 2 statements/],
  ["CREATE TABLE t AS SELECT 1", /pass one SELECT/],
  ["COPY (SELECT 1) TO '$FLEET/x.csv'", /pass one SELECT/],
  ["EXPLAIN ANALYZE COPY (SELECT 1) TO '$FLEET/x.csv'", /pass one SELECT/],
  ["INSTALL httpfs", /pass one SELECT|Permission/],
  ["LOAD httpfs", /pass one SELECT|Permission/],
  ["ATTACH '/tmp/x.db'", /pass one SELECT|Permission/],
  ["SET enable_external_access = true", /pass one SELECT|locked/],
  ["PRAGMA enable_external_access = true", /pass one SELECT|locked|Error/],
  ["SELECT * FROM read_csv('/etc/passwd')", /Permission Error/],
  ["SELECT * FROM read_text('$FLEET/../runs.db')", /Permission Error/],
  ["SELECT * FROM glob('/etc/*')", /Permission Error|Error/],
  ["SELECT * FROM 'https://example.com/x.parquet'", /Permission Error/],
];

testUnless(lacking, "SQL can only read, and only the fleet's folder", async () => {
  const before = [...Deno.readDirSync(fleetFolder)].length;
  for (const [sql, says] of REFUSED) {
    const typed = sql.replace("$FLEET", fleetFolder.replaceAll("'", "''"));
    const { code, stdout, stderr } = await fleet("--sql", typed);
    assert.deepEqual([code, stdout], [2, ""], `${sql}: ${stdout}${stderr}`);
    assert.match(stderr, says, sql);
    assert.equal(stderr.trim().split("\n").length, 1, stderr);
  }
  assert.equal([...Deno.readDirSync(fleetFolder)].length, before);
});

testUnless(lacking, "an answer is cut at --limit, and says so", async () => {
  const sql = "SELECT range AS n FROM range(100000)";
  const answer = json(await fleet("--sql", sql, "--limit", "3", "--json"));
  assert.deepEqual([answer.rows, answer.hasMore], [[[0], [1], [2]], true]);
  const { stdout } = await fleet("--sql", sql, "--limit", "2");
  assert.match(stdout, /Only the first 2 rows; --limit shows more\n$/);
});

testUnless(lacking, "an empty fleet has no rows but all columns", async () => {
  const empty = join(folder, "empty");
  Deno.mkdirSync(empty);
  const answer = json(
    await runTask("fleet", [empty, "--sql", "SELECT build, date, prompt FROM runs", "--json"]),
  );
  assert.deepEqual([answer.columns, answer.rows], [["build", "date", "prompt"], []]);
  const { code, stdout } = await runTask("fleet", [empty, "--report", "regressions"]);
  assert.deepEqual([code, stdout], [0, "0 subjects watched, 0 without a step\n"]);
});

testUnless(lacking, "fleet refuses bad input in one line", async () => {
  for (
    const [args, says] of [
      [[join(folder, "nowhere")], /Cannot read the fleet/],
      [["/tmp/a*b"], /reads "\*" as a pattern/],
      [[fleetFolder, "--sql", "SELECT 1", "--all"], /cannot be used with/],
      [[fleetFolder, "--report", "all"], /Allowed choices/],
      [[fleetFolder, "--limit", "0"], /whole number/],
      [[fleetFolder, "--add", "nothing", "--db", database], /holds no such run/],
    ] as const
  ) {
    const { code, stdout, stderr } = await runTask("fleet", [...args]);
    assert.deepEqual([code, stdout], [2, ""], `${args}: ${stderr}`);
    assert.match(stderr, says);
    assert.equal(stderr.trim().split("\n").length, 1, stderr);
  }
});

testUnless(
  lacking ?? (Deno.build.os === "windows" ? "no signals here" : null),
  "Ctrl-C ends a query that would take for ever, also before it has begun",
  async () => {
    const sql =
      "SELECT count(*) FROM range(100000000) a, range(100000000) b WHERE a.range <> b.range";
    const stopped = async (afterMs: number) => {
      const child = spawnTask("fleet", [fleetFolder, "--sql", sql]);
      using _ = killable(child);
      const limit = setTimeout(() => child.kill("SIGKILL"), 300_000);
      const outcome = ended(child);
      await hasWorked(child, afterMs);
      child.kill("SIGINT");
      const { code, stderr } = await outcome;
      clearTimeout(limit);
      assert.equal(code, 130, `after ${afterMs} ms: ${stderr}`);
      return stderr;
    };
    assert.match(await stopped(1000), /^\nStopping the query/);
    for (const afterMs of [60, 120, 180, 240, 300]) await stopped(afterMs);
  },
);

Deno.test("DuckDB is in the fleet's configuration alone", () => {
  const read = (path: string) => Deno.readTextFileSync(new URL(`../../${path}`, import.meta.url));
  const { "@duckdb/node-api": duckdb, ...shared } =
    JSON.parse(read("tasks/fleet/deno.json")).imports;
  assert.match(duckdb, /^npm:@duckdb\/node-api@\d+\.\d+\.\d+-r\.\d+$/);
  const root = JSON.parse(read("deno.json")).imports;
  for (const [name, specifier] of Object.entries(shared)) assert.equal(specifier, root[name]);
  assert.ok(!read("deno.lock").includes("@duckdb/"));
});
