import assert from "node:assert/strict";
import { InputError } from "../../lib/errors.ts";
import { nodeSqlite, ProfileDatabase, type RunFilter } from "../../lib/store/mod.ts";
import { sampleRun } from "../fixtures/run.ts";
import { headerOf, query, scratch, store } from "./scene.ts";

const DAY = 86_400_000;
const FIRST = Date.UTC(2026, 0, 1);

/** A run of some day that cost so much. */
function add(
  database: ProfileDatabase,
  day: number,
  more: { joules?: number | null; engine?: string; precision?: string; family?: string } = {},
): string {
  const { joules = day, engine = "ort-node", precision = "fp32", family = "llama" } = more;
  const plain = sampleRun({ tokens: 2 });
  const run = {
    ...plain,
    model: { ...plain.model, precision, family },
    totals: { ...plain.totals, joulesPerToken: joules, tokensPerSecond: 100 - day },
  };
  const startedAtMs = FIRST + day * DAY;
  const runId = database.createRun(headerOf(run, { startedAtMs, details: { engine } }));
  const shift = startedAtMs - run.trace.samples[0]!.startMs;
  const moved = <T extends { startMs: number; endMs: number }>(of: T[]) =>
    of.map((one) => ({ ...one, startMs: one.startMs + shift, endMs: one.endMs + shift }));
  const { samples, phases, tokens } = run.trace;
  const trace = { samples: moved(samples), phases: moved(phases), tokens: moved(tokens) };
  database.finishRun(runId, { status: "complete", result: { ...run, trace } });
  return runId;
}

Deno.test("getRuns() filters by date, engine, precision, family, host and J/token", () => {
  using database = ProfileDatabase.open(":memory:");
  const ids = [
    add(database, 0),
    add(database, 1, { engine: "ort-ffi", family: "qwen2" }),
    add(database, 2, { precision: "int4" }),
    add(database, 3, { joules: null }),
  ];
  const found = (filter: RunFilter) => {
    const runs = database.getRuns(filter).map((run) => ids.indexOf(run.runId));
    assert.equal(database.countRuns(filter), runs.length);
    return runs.toSorted();
  };
  assert.deepEqual(found({}), [0, 1, 2, 3]);
  assert.deepEqual(found({ sinceMs: FIRST + DAY, untilMs: FIRST + 3 * DAY }), [1, 2]);
  assert.deepEqual(found({ engine: "ort-ffi" }), [1]);
  assert.deepEqual(found({ model: "qwen2" }), [1]);
  assert.deepEqual(found({ model: "tinytales", precision: "int4" }), [2]);
  assert.deepEqual(found({ minJoulesPerToken: 0.5, maxJoulesPerToken: 1.5 }), [1]);
  assert.deepEqual(found({ host: Deno.hostname() }), [0, 1, 2, 3]);
  assert.deepEqual(found({ host: "elsewhere" }), []);
  assert.deepEqual(found({ engine: "' OR 1 = 1 --" }), []);
});

Deno.test("getRuns() sorts by any metric, nulls last, and pages without gaps", () => {
  using database = ProfileDatabase.open(":memory:");
  const ids = [2, 0, 3, null, 1].map((joules, day) => add(database, day, { joules }));
  const order = (filter: RunFilter) => database.getRuns(filter).map((r) => ids.indexOf(r.runId));
  assert.deepEqual(order({ sort: "joulesPerToken" }), [2, 0, 4, 1, 3]);
  assert.deepEqual(order({ sort: "joulesPerToken", ascending: true }), [1, 4, 0, 2, 3]);
  assert.deepEqual(order({ sort: "tokensPerSecond" }), [0, 1, 2, 3, 4]);
  const pages = [0, 2, 4].map((offset) => order({ sort: "edpJs", limit: 2, offset })).flat();
  assert.deepEqual(pages.toSorted(), [0, 1, 2, 3, 4]);
  for (const sort of ["prompt; DROP TABLE names", "constructor", "__proto__"]) {
    assert.throws(() => database.getRuns({ sort: sort as "edpJs" }), (error) => {
      assert.ok(error instanceof InputError);
      assert.match(error.message, /use one of startedAtMs, .*joulesPerToken/);
      return true;
    });
  }
});

Deno.test("getRunSummary() says means by layer and component, the hottest, and distributions", () => {
  using database = ProfileDatabase.open(":memory:");
  const run = sampleRun({ tokens: 3 });
  const runId = database.createRun(headerOf(run));
  database.addTokens(runId, run.trace.tokens);
  const metrics = [1, 2].flatMap((tokenIndex) =>
    [0, 1].flatMap((layer) =>
      ["q_proj", "attention", "o_proj", "up_proj", "down_proj", "other"].map((component, i) => ({
        tokenIndex,
        layer,
        component,
        durationMs: 1,
        energyMj: (i + 1) * (layer + 1),
        lowMj: i * (layer + 1),
        highMj: (i + 2) * (layer + 1),
      }))
    )
  );
  database.addComponentMetrics(runId, metrics);
  database.addComponentMetrics(runId, [
    { tokenIndex: 1, layer: null, component: "lm_head", durationMs: 4, energyMj: 100 },
  ]);
  database.finishRun(runId, { status: "complete", result: run });
  const summary = database.getRunSummary("last")!;
  assert.deepEqual(summary.layers, [
    { layer: 0, durationMs: 6, energyMj: 21, lowMj: 15, highMj: 27 },
    { layer: 1, durationMs: 6, energyMj: 42, lowMj: 30, highMj: 54 },
  ]);
  const named = Object.fromEntries(summary.components.map((c) => [c.component, c.energyMj]));
  assert.equal(named.attention, 2 + 4);
  assert.equal(named.lm_head, 100);
  const head = summary.components.find(({ component }) => component === "lm_head")!;
  assert.deepEqual([head.lowMj, head.highMj], [null, null], "no limits were given");
  const attention = summary.components.find(({ component }) => component === "attention")!;
  assert.deepEqual([attention.lowMj, attention.highMj], [1 + 2, 3 + 6]);
  assert.equal(summary.hottest.length, 10);
  const [first, second] = summary.hottest;
  assert.deepEqual([first!.component, first!.layer], ["lm_head", null]);
  assert.deepEqual([second!.component, second!.layer, second!.energyMj], ["other", 1, 24]);
  assert.deepEqual([second!.lowMj, second!.highMj], [20, 28], "limits hold for the sum");
  const steps = run.trace.tokens.filter((token) => token.phase === "decode");
  const { durationMs, energyMj } = summary.tokens;
  assert.equal(durationMs!.count, steps.length);
  assert.equal(summary.tokens.resolved, steps.filter(({ resolved }) => resolved).length);
  assert.equal(durationMs!.min, Math.min(...steps.map((t) => t.endMs - t.startMs)));
  assert.equal(durationMs!.max, Math.max(...steps.map((t) => t.endMs - t.startMs)));
  assert.ok(energyMj!.p5 <= energyMj!.p25 && energyMj!.p25 <= energyMj!.p50);
  assert.ok(
    Math.abs(energyMj!.mean - steps.reduce((a, t) => a + t.energyMj!, 0) / steps.length) < 1e-6,
  );
});

Deno.test("getPowerTimeline({ maxPoints }) keeps the peaks, the ends and the order", () => {
  using database = ProfileDatabase.open(":memory:");
  const runId = database.createRun(headerOf(sampleRun({ rails: ["cpu"] }), { startedAtMs: 0 }));
  const samples = Array.from({ length: 5000 }, (_, i) => ({
    startMs: i * 100,
    endMs: i * 100 + 100,
    energyMj: { cpu: i === 3210 ? 900 : i === 17 ? 0 : 50 + Math.round(10 * Math.sin(i / 40)) },
  }));
  database.addPowerSamples(runId, samples);
  const all = database.getPowerTimeline(runId);
  assert.equal(all.length, 5000);
  for (const maxPoints of [4, 100, 999]) {
    const few = database.getPowerTimeline(runId, { maxPoints });
    assert.ok(few.length <= maxPoints && few.length > maxPoints / 3, `${few.length}`);
    assert.ok(few.some((point) => point.totalMw === 9000));
    assert.ok(few.some((point) => point.totalMw === 0));
    assert.deepEqual([few[0], few.at(-1)], [all[0], all.at(-1)]);
    assert.ok(few.every((point, i) => i === 0 || point.startMs > few[i - 1]!.startMs));
  }
  assert.deepEqual(database.getPowerTimeline(runId, { maxPoints: 5000 }), all);
});

Deno.test("prune() deletes the oldest by age, number and size, and first says so", () => {
  using scene = scratch();
  using database = ProfileDatabase.open(scene.path);
  const ids = [0, 1, 2, 3, 4].map((day) => add(database, day));
  const running = database.createRun(headerOf(sampleRun(), { startedAtMs: FIRST - DAY }));
  const left = () => database.getRuns().map((run) => ids.indexOf(run.runId));
  for (const filter of [{ maxRuns: 2 }, { maxAgeDays: 1 }, { maxBytes: 0 }]) {
    const { runs } = database.prune({ ...filter, dryRun: true });
    assert.ok(runs.length > 3);
    assert.deepEqual(left(), [4, 3, 2, 1, 0, -1]);
  }
  const { runs } = database.prune({ maxRuns: 4 });
  assert.deepEqual(runs.map((run) => run.runId), ids.slice(0, 2));
  assert.deepEqual(left(), [4, 3, 2, -1]);
  const ageDays = (Date.now() - FIRST) / DAY - 3.5;
  assert.equal(database.prune({ maxAgeDays: ageDays }).runs.length, 2);
  assert.deepEqual(left(), [4, -1]);
  assert.equal(database.getRun(running)!.status, "running");
  assert.deepEqual(query(scene.path, "PRAGMA integrity_check"), [{ integrity_check: "ok" }]);
});

Deno.test("prune({ maxBytes }) makes the file itself small enough", () => {
  using scene = scratch();
  using database = ProfileDatabase.open(scene.path);
  const gzip = crypto.getRandomValues(new Uint8Array(60_000));
  for (let day = 0; day < 20; day++) {
    const header = headerOf(sampleRun(), { startedAtMs: FIRST + day * DAY });
    const runId = database.createRun(header);
    database.addRawPower(runId, { format: "json", arrivalsMs: [1], gzip });
    database.finishRun(runId, { status: "failed", reason: "test" });
  }
  const maxBytes = 600_000;
  const said = database.prune({ maxBytes, dryRun: true });
  const { runs, bytesBefore, bytesAfter } = database.prune({ maxBytes });
  assert.deepEqual(said.runs.map((run) => run.runId), runs.map((run) => run.runId));
  assert.ok(runs.length > 8 && runs.length < 20, `${runs.length}`);
  assert.ok(bytesBefore > 1_200_000 && bytesAfter <= maxBytes);
  assert.equal(Deno.statSync(scene.path).size, database.stats().fileBytes);
  assert.ok(Deno.statSync(scene.path).size <= maxBytes);
});

Deno.test("prune() refuses to run without a limit, or with a senseless one", () => {
  using database = ProfileDatabase.open(":memory:");
  assert.throws(() => database.prune({}), /without a limit; say how old/);
  assert.throws(() => database.prune({ maxRuns: -1 }), /maxRuns -1; pass 0 or more/);
  assert.throws(() => database.prune({ maxAgeDays: NaN }), /maxAgeDays NaN/);
});

Deno.test("stats() counts what is there", () => {
  using scene = scratch();
  using database = ProfileDatabase.open(scene.path);
  assert.deepEqual([database.stats().runs, database.stats().oldestMs], [0, null]);
  const runId = add(database, 3);
  store(database);
  database.createRun(headerOf(sampleRun()));
  database.addRawPower(runId, { format: "json", arrivalsMs: [1], gzip: new Uint8Array(7) });
  const stats = database.stats();
  assert.deepEqual(stats.runsByStatus, { running: 1, complete: 2, interrupted: 0, failed: 0 });
  assert.deepEqual([stats.runs, stats.rawPowerBytes, stats.oldestMs], [3, 7, FIRST + 3 * DAY]);
  assert.deepEqual(stats.models, [{ name: "tinytales", runs: 3 }]);
  const [tokens] = query(scene.path, "SELECT count(*) AS n FROM token_rows");
  assert.equal(stats.tokens, tokens!.n);
  assert.match(stats.sqliteVersion, /^3\./);
});

Deno.test("the store's own queries look rows up, and scan no table that grows with tokens", () => {
  using scene = scratch();
  const asked = new Set<string>();
  using database = ProfileDatabase.open(scene.path, {
    driver: (path, options) => {
      const connection = nodeSqlite(path, options);
      return {
        exec: (sql) => connection.exec(sql),
        close: () => connection.close(),
        prepare(sql) {
          asked.add(sql);
          return connection.prepare(sql);
        },
      };
    },
  });
  const runId = add(database, 0);
  database.addComponentMetrics(runId, [
    { tokenIndex: 1, layer: 0, component: "q_proj", durationMs: 1 },
  ]);
  const filters: RunFilter[] = [
    { engine: "x" },
    { model: "x" },
    { precision: "x" },
    { host: "x" },
    { experiment: "x" },
    { sinceMs: 1, untilMs: 2 },
    { minJoulesPerToken: 5, maxJoulesPerToken: 6 },
  ];
  for (const filter of [{}, ...filters]) database.getRuns(filter);
  database.getRun(runId);
  database.getRunSummary(runId);
  database.getLayerMetrics(runId);
  database.getComponentMetrics(runId);
  database.getDeepOperationMetrics(runId);
  database.getDeepStatistics(runId);
  database.getMoeExpertActivations(runId);
  database.getPowerTimeline(runId);
  database.getRawPower(runId);
  database.searchByPrompt("upon");
  database.deleteRun(runId);
  const selects = [...asked].filter((sql) =>
    /^\s*(SELECT|DELETE|INSERT INTO \w+ \nSELECT)/.test(sql)
  );
  assert.ok(selects.length > 15, `${selects.length} queries`);
  for (const sql of selects) {
    const plan = query<{ detail: string }>(
      scene.path,
      `EXPLAIN QUERY PLAN ${sql.replaceAll("?", "1")}`,
    ).map(({ detail }) => detail);
    const scans = plan.filter((line) =>
      /^SCAN/.test(line) &&
      !/sqlite_schema|json_each|VIRTUAL|profiling_runs_running|^SCAN (s|\(subquery-\d\))$/.test(
        line,
      )
    );
    const byDate = /WHERE true|ORDER BY started_at_ms DESC, id DESC/.test(sql);
    const bad = scans.filter((line) => !(byDate && /INDEX profiling_runs_started/.test(line)));
    assert.deepEqual(bad, [], `${sql}\n${plan.join("\n")}`);
  }
});
