import assert from "node:assert/strict";
import { InputError } from "../../lib/errors.ts";
import { ProfileDatabase } from "../../lib/store/mod.ts";
import type { ProfilingRun } from "../../lib/record.ts";
import { sampleRun } from "../fixtures/run.ts";
import { headerOf, query, scratch, store } from "./scene.ts";

const open = () => ProfileDatabase.open(":memory:");

/** Rows keep energies to a nanojoule; all else comes back as it was. */
function assertSame(actual: unknown, expected: unknown, at = "run"): void {
  if (typeof expected === "number" && typeof actual === "number") {
    assert.ok(Math.abs(actual - expected) <= 5.1e-7, `${at}: ${actual} is not ${expected}`);
  } else if (typeof expected === "object" && expected !== null) {
    assert.equal(typeof actual, "object", at);
    assert.deepEqual(Object.keys(actual as object).sort(), Object.keys(expected).sort(), at);
    for (const [key, value] of Object.entries(expected)) {
      assertSame((actual as Record<string, unknown>)[key], value, `${at}.${key}`);
    }
  } else assert.equal(actual, expected, at);
}

Deno.test("ProfileDatabase gives back a whole run", () => {
  using scene = scratch();
  for (const tokens of [1, 24]) {
    const run = sampleRun({ tokens, rails: ["cpu", "gpu", "dram"] });
    using database = ProfileDatabase.open(scene.path);
    const runId = store(database, run, { tags: ["a", "b"], experiment: "e" });
    using reader = ProfileDatabase.open(scene.path, { readOnly: true });
    const { startedAtMs, endedAtMs, reason, experiment, tags, options, host, ...rest } = reader
      .getRun(runId)!;
    const { details: _, figures: __, ...back } = rest;
    assertSame(back, { ...run, runId });
    assert.deepEqual(back.tokens, run.tokens);
    assert.deepEqual(back.totals, run.totals);
    assert.equal(startedAtMs, run.trace.samples[0]!.startMs);
    assert.ok(endedAtMs! > startedAtMs - 1e12);
    assert.deepEqual([reason, experiment, tags], [null, "e", ["a", "b"]]);
    assert.deepEqual(options, { maxNewTokens: 24 });
    assert.equal(host.pid, Deno.pid);
    assert.equal(host.os, Deno.build.os);
  }
});

Deno.test("ProfileDatabase keeps null apart from 0, and a rail that reported nothing", () => {
  using database = open();
  const run = sampleRun({ rails: ["cpu", "gpu"] });
  const sample = { startMs: 100, endMs: 200, energyMj: { cpu: 0, gpu: null } };
  const runId = database.createRun(headerOf(run, { startedAtMs: 0 }));
  database.addPowerSamples(runId, [sample]);
  const [point] = database.getPowerTimeline(runId);
  assert.deepEqual(point, { ...sample, powerMw: { cpu: 0, gpu: null }, totalMw: null });
});

Deno.test("getPowerTimeline() turns energy into power", () => {
  using database = open();
  const runId = database.createRun(headerOf(sampleRun({ rails: ["cpu", "gpu"] })));
  const startMs = Date.UTC(2026, 10, 23);
  const energyMj = { cpu: 30, gpu: 70 };
  database.addPowerSamples(runId, [{ startMs, endMs: startMs + 125, energyMj }]);
  const [point] = database.getPowerTimeline(runId);
  assert.deepEqual(point!.powerMw, { cpu: 240, gpu: 560 });
  assert.equal(point!.totalMw, 800);
});

Deno.test("addPowerSamples() appends, and replaces when asked", () => {
  using database = open();
  const { trace, ...run } = sampleRun();
  const runId = database.createRun(headerOf({ ...run, trace }));
  database.addPowerSamples(runId, trace.samples.slice(0, 3));
  database.addPowerSamples(runId, trace.samples.slice(3, 5));
  assert.deepEqual(database.getRun(runId)!.trace.samples, trace.samples.slice(0, 5));
  database.addPowerSamples(runId, trace.samples.slice(7, 9), { replace: true });
  assert.deepEqual(database.getRun(runId)!.trace.samples, trace.samples.slice(7, 9));
});

Deno.test("addTokens() fills energies in later and keeps those that are not given again", () => {
  using database = open();
  const run = sampleRun();
  const runId = database.createRun(headerOf(run));
  const token = { index: 0, id: 5, text: ' a\u0301\0"b', phase: "prefill" as const };
  const times = {
    startMs: run.trace.samples[0]!.startMs,
    endMs: run.trace.samples[0]!.startMs + 3,
  };
  database.addTokens(runId, [{ ...token, ...times, repetition: 0 }]);
  const before = database.getTokens(runId)[0]!;
  assert.deepEqual([before.energyMj, before.method, before.resolved], [null, null, false]);
  const energy = { energyMj: 2, lowMj: 1, highMj: 3, interval: "hard", method: "shared" } as const;
  database.addTokens(runId, [{ ...token, ...times, repetition: 0, ...energy, resolved: false }]);
  database.addTokens(runId, [{ ...token, ...times, repetition: 0 }]);
  const { rowId, durationMs, ...after } = database.getTokens(runId)[0]!;
  assert.equal(rowId, before.rowId);
  assert.equal(durationMs, 3);
  const text = ' a\u0301\uFFFD"b';
  assert.deepEqual(after, { ...token, text, ...times, repetition: 0, ...energy, resolved: false });
});

Deno.test("addRawPower() keeps the bytes and the arrivals", () => {
  using database = open();
  const runId = database.createRun(headerOf(sampleRun()));
  const batches = [[1795411800000.125, 1795411800104.5], []].map((arrivalsMs, i) => ({
    format: "plist" as const,
    arrivalsMs,
    gzip: new Uint8Array([31, 139, i, 0, 255]),
  }));
  for (const batch of batches) database.addRawPower(runId, batch);
  assert.deepEqual(database.getRawPower(runId), batches);
});

Deno.test("addComponentMetrics() merges times and activations of two passes", () => {
  using database = open();
  const runId = store(database);
  const activation = { meanAbs: 0.1, std: 1 / 3, maxAbs: 7.5, sparsity: 0.25 };
  const at = { tokenIndex: 3, layer: 2, component: "q_proj" };
  database.addLayerMetrics(runId, [{ tokenIndex: 3, layer: 2, durationMs: 1.5 }]);
  database.addComponentMetrics(runId, [{ ...at, durationMs: 0.25, energyMj: 4 }]);
  database.addComponentMetrics(runId, [{ ...at, durationMs: null, activation }]);
  database.addComponentMetrics(runId, [
    { ...at, layer: null, component: "lm_head", durationMs: 0.5 },
  ]);
  const unknown = { energyMj: null, lowMj: null, highMj: null };
  const token = { repetition: 0, tokenIndex: 3 };
  assert.deepEqual(database.getLayerMetrics(runId), [
    { ...token, ...unknown, layer: 2, durationMs: 1.5 },
  ]);
  assert.deepEqual(database.getComponentMetrics(runId), [
    { ...at, ...token, ...unknown, energyMj: 4, durationMs: 0.25, activation },
    { ...token, ...unknown, layer: null, component: "lm_head", durationMs: 0.5, activation: null },
  ]);
  const [summary, outside] = database.getRunSummary(runId)!.layerComponents;
  assert.deepEqual(summary, {
    layer: 2,
    component: "q_proj",
    tokens: 1,
    durationMs: 0.25,
    energyMj: 4,
    lowMj: null,
    highMj: null,
    activation,
  });
  assert.equal(outside!.layer, null);
});

Deno.test("finishRun() keeps the layer × component summary", () => {
  using scene = scratch();
  using database = ProfileDatabase.open(scene.path);
  const run = sampleRun({ tokens: 3 });
  const runId = database.createRun(headerOf(run));
  database.addTokens(runId, run.trace.tokens);
  database.addComponentMetrics(
    runId,
    [0, 1, 2].map((tokenIndex) => ({ tokenIndex, layer: 1, component: "up_proj", durationMs: 2 })),
  );
  database.finishRun(runId, { status: "complete", result: run });
  const rows = query(scene.path, "SELECT * FROM layer_component_summaries");
  assert.equal(rows.length, 1);
  assert.deepEqual([rows[0]!.tokens, rows[0]!.duration_ms], [3, 6]);
});

Deno.test("metrics of a token that is not there are refused, and nothing of the batch is kept", () => {
  using database = open();
  const runId = store(database);
  const metric = { layer: 0, component: "q_proj", durationMs: 1 };
  assert.throws(
    () =>
      database.addComponentMetrics(runId, [
        { ...metric, tokenIndex: 0 },
        { ...metric, tokenIndex: 999 },
      ]),
    /token 999 of repetition 0.*call addTokens first/,
  );
  assert.throws(() => database.addLayerMetrics(runId, [{ ...metric, tokenIndex: 0, layer: 4095 }]));
  assert.deepEqual(database.getComponentMetrics(runId), []);
});

Deno.test("values that are no numbers are refused before they become NULL", () => {
  using database = open();
  const runId = database.createRun(headerOf(sampleRun()));
  for (const bad of [NaN, Infinity, 1e300]) {
    const sample = { startMs: bad, endMs: bad, energyMj: {} };
    assert.throws(() => database.addPowerSamples(runId, [sample]), RangeError);
  }
});

Deno.test("a run without a result reads with what was written, and null energies", () => {
  using database = open();
  const run = sampleRun({ tokens: 4 });
  const runId = database.createRun(headerOf(run));
  const empty = database.getRun(runId)!;
  assert.equal(empty.status, "running");
  assert.deepEqual([empty.tokens, empty.phases, empty.trace.samples], [[], [], []]);
  assert.equal(empty.totals.energyMj, null);

  const sections = run.trace.phases.filter((phase) => phase.repetition === null);
  database.addPipelineSection(runId, sections.map((s) => ({ ...s, phase: "pre_inference" })));
  database.addTokens(runId, run.trace.tokens.slice(0, 6));
  database.addPowerSamples(runId, run.trace.samples);
  database.finishRun(runId, { status: "failed", reason: "the sampler died" });
  const back = database.getRun(runId)!;
  assert.deepEqual([back.status, back.reason], ["failed", "the sampler died"]);
  assert.deepEqual(back.tokens.map((token) => token.energyMj), [null, null, null, null]);
  assert.equal(back.response, run.response);
  assert.equal(back.measured.repetitions, 2);
  assert.equal(back.trace.tokens.length, 6);
  assert.deepEqual(back.trace.phases.map((phase) => phase.name), [
    "model_load",
    "warm_up",
    "baseline",
  ]);
  assert.equal(back.totals.ttftMs, 140);
  assert.match(back.verdict, /No result: the sampler died/);
});

Deno.test("sections are kept beside the timeline, which the result replaces", () => {
  using scene = scratch();
  using database = ProfileDatabase.open(scene.path);
  const run = sampleRun();
  const runId = database.createRun(headerOf(run));
  const startMs = run.trace.samples[0]!.startMs;
  const section = { startMs, endMs: startMs + 1, repetition: 0 };
  database.addPipelineSection(runId, { ...section, phase: "prefill", name: "prefill" });
  database.addPipelineSection(runId, { ...section, phase: "prefill", name: "sampling" });
  database.finishRun(runId, { status: "complete", result: run });
  const phases = query(scene.path, "SELECT * FROM pipeline_sections WHERE is_phase");
  assert.equal(phases.length, run.trace.phases.length);
  const inside = query(scene.path, "SELECT name FROM pipeline_sections WHERE NOT is_phase");
  assert.deepEqual(inside, [{ name: "sampling" }]);
  const warmUp = query(scene.path, "SELECT phase FROM pipeline_sections WHERE name = 'baseline'");
  assert.deepEqual(warmUp, [{ phase: "idle" }]);
});

Deno.test("a run is found by its id, the beginning of it or of its random part, and as last", () => {
  using database = open();
  const [first, last] = [0, 1].map((day) => {
    const startedAtMs = Date.UTC(2026, 10, 20 + day, 7);
    return database.createRun(headerOf(sampleRun(), { startedAtMs }));
  });
  assert.match(first!, /^20261120-070000-[0-9a-f]{6}$/);
  for (const reference of [first!, first!.slice(0, 10), first!.slice(-6)]) {
    assert.equal(database.getRun(reference)?.runId, first);
  }
  assert.equal(database.getRun("last")?.runId, last);
  assert.equal(database.getRun("last~0")?.runId, last);
  assert.equal(
    database.getRun("last~1")?.runId,
    database.getRuns({ offset: 1, limit: 1 })[0]?.runId,
  );
  assert.equal(database.getRun("last~999"), null);
  assert.equal(database.getRun("last~-1"), null);
  for (const reference of ["", "*", "2026*", "%", "zzz", "9999"]) {
    assert.equal(database.getRun(reference), null);
  }
  assert.throws(() => database.getRun("202611"), (error) => {
    assert.ok(error instanceof InputError);
    assert.match(error.message, /202611.*type more of the id/);
    return true;
  });
});

Deno.test("getRuns() lists newest first, filters and pages", () => {
  using database = open();
  const ids = [3, 1, 2].map((day) => {
    const startedAtMs = Date.UTC(2026, 10, day);
    return database.createRun(
      headerOf(sampleRun(), {
        startedAtMs,
        tags: [`day-${day}`, "all"],
        experiment: `e${day % 2}`,
      }),
    );
  });
  const [third, first, second] = ids;
  const list = (filter = {}) => database.getRuns(filter).map((run) => run.runId);
  assert.deepEqual(list(), [third, second, first]);
  assert.deepEqual(list({ limit: 1, offset: 1 }), [second]);
  assert.deepEqual(list({ tag: "day-2" }), [second]);
  assert.deepEqual(list({ tag: "day" }), []);
  assert.deepEqual(list({ experiment: "e1" }), [third, first]);
  assert.deepEqual(list({ model: "llama", status: "running" }).length, 3);
  assert.deepEqual(list({ model: "tinytales", tag: "all" }).length, 3);
  assert.deepEqual(list({ status: "complete" }), []);
  const { source } = sampleRun().power;
  assert.deepEqual([list({ source }).length, list({ source: "rig:none" })], [3, []]);
  assert.equal(database.getRuns()[0]!.totals, null);
});

Deno.test("deleteRun() takes all rows along and refuses a run that goes on", () => {
  using scene = scratch();
  using database = ProfileDatabase.open(scene.path);
  const runId = store(database);
  const running = database.createRun(headerOf(sampleRun()));
  database.addRawPower(runId, { format: "json", arrivalsMs: [1], gzip: new Uint8Array(3) });
  database.addComponentMetrics(runId, [
    { tokenIndex: 0, layer: 0, component: "q_proj", durationMs: 1 },
  ]);
  assert.throws(() => database.deleteRun(running), /still running; stop it first/);
  assert.equal(database.deleteRun("nothing"), false);
  assert.equal(database.deleteRun(runId), true);
  assert.equal(database.deleteRun(runId), false);
  assert.equal(database.getRun(runId), null);
  assert.deepEqual(database.getTokens(runId), []);
  const tables = query<{ name: string }>(
    scene.path,
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND (name LIKE '%_rows' OR name = 'raw_power')",
  );
  assert.ok(tables.length >= 8);
  for (const { name } of tables) {
    assert.deepEqual(query(scene.path, `SELECT count(*) AS n FROM ${name}`), [{ n: 0 }], name);
  }
});

Deno.test("close() marks what it has not finished as interrupted", () => {
  using scene = scratch();
  const database = ProfileDatabase.open(scene.path);
  const runId = database.createRun(headerOf(sampleRun()));
  database.close();
  database.close();
  using again = ProfileDatabase.open(scene.path);
  assert.equal(again.getRun(runId)!.status, "interrupted");
  assert.match(again.getRun(runId)!.reason!, /closed before the run ended/);
  assert.deepEqual([...Deno.readDirSync(scene.folder)].filter((e) => e.name.endsWith("lock")), []);
});

Deno.test("writing to a run that does not exist is refused", () => {
  using database = open();
  const nowhere = () => database.addTokens("20260101-000000-000000", []);
  assert.throws(nowhere, /no such run; use the id that createRun returned/);
  // References are for readers: a writer must not hit another run by a short name.
  store(database);
  assert.throws(() => database.finishRun("last", { status: "failed" }), /no such run/);
});

Deno.test("ProfileDatabase runs on any driver with exec and prepare", async () => {
  const { DatabaseSync } = await import("node:sqlite");
  const calls = new Set<string>();
  using database = ProfileDatabase.open(":memory:", {
    driver: (path) => {
      const inner = new DatabaseSync(path);
      return {
        exec: (sql) => inner.exec(sql),
        close: () => inner.close(),
        prepare(sql) {
          const statement = inner.prepare(sql);
          const positional = (name: "run" | "get" | "all") => (...values: unknown[]) => {
            calls.add(name);
            for (const value of values) {
              const plain = value === null || value instanceof Uint8Array ||
                ["number", "string"].includes(typeof value);
              assert.ok(plain, `${sql} binds ${typeof value}`);
            }
            return statement[name](...values as number[]);
          };
          return {
            run: positional("run"),
            get: positional("get"),
            all: positional("all") as () => unknown[],
          };
        },
      };
    },
  });
  const run: ProfilingRun = sampleRun();
  assertSame(database.getRun(store(database, run))!.trace, run.trace);
  assert.deepEqual([...calls].sort(), ["all", "get", "run"]);
});
