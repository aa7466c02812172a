import assert from "node:assert/strict";
import { join } from "node:path";
import { loadModel } from "../../lib/model/mod.ts";
import { compareRuns } from "../../lib/analysis/mod.ts";
import {
  profile,
  type ProfileOptions,
  storedDraws,
  summarizeStored,
} from "../../lib/profile/mod.ts";
import {
  ProfileDatabase,
  rederiveRun,
  resultOf,
  type RunDocument,
  runDocument,
  storedEvidence,
} from "../../lib/store/mod.ts";
import type { ProfilingRun } from "../../lib/record.ts";
import { withStandIn } from "../power/fixtures/stand_in.ts";
import { scratch } from "../store/scene.ts";
import { runTask } from "../tasks/run_task.ts";

const model = await loadModel("models/tinytales");
const QUICK = { baselineSeconds: 0.5, minSeconds: 0.4, warmup: 0, maxNewTokens: 12 };

async function stored(
  database: ProfileDatabase,
  options: ProfileOptions = { source: "estimate" },
): Promise<string> {
  return (await profile(model, "Once upon a time", { ...QUICK, ...options, database })).runId;
}

/** What of a document is derived: the rest must not be touched. */
function derived({ rawPower: _raw, evidence: _evidence, ...rest }: RunDocument): string {
  return JSON.stringify(rest);
}

const STOPPED = "a run that was stopped";

/** Stops a run half a second after its first words. */
function stopping(): Pick<ProfileOptions, "signal" | "live"> {
  const stop = new AbortController();
  let isStopping = false;
  return {
    signal: stop.signal,
    live: ({ text }) => {
      if (text === "" || isStopping) return;
      isStopping = true;
      setTimeout(() => stop.abort(), 500);
    },
  };
}

const CASES: Record<string, ProfileOptions> = {
  "repeated steps": {
    source: "powermetrics",
    resolve: "tokens",
    maxNewTokens: 3,
    intervalMs: 50,
    minSeconds: 0.5,
  },
  "an estimate": { source: "estimate", warmup: 1 },
  "powermetrics, with components": {
    source: "powermetrics",
    intervalMs: 50,
    minSeconds: 1,
    depth: "component",
  },
  "activations, and every operation": {
    source: "estimate",
    depth: "operation",
    activations: "deep",
    minSeconds: 0,
  },
  [STOPPED]: { source: "estimate", minSeconds: 60 },
};
for (const [name, options] of Object.entries(CASES)) {
  Deno.test(`summarizeStored() makes the same run again, bit for bit: ${name}`, async () => {
    using database = ProfileDatabase.open(":memory:");
    let runId = "";
    await withStandIn("normal", async () => {
      runId = await stored(database, name === STOPPED ? { ...options, ...stopping() } : options);
    });
    assert.equal(
      database.getRun(runId)?.status,
      name === STOPPED ? "interrupted" : "complete",
    );
    const before = derived(runDocument(database, runId));
    const summary = JSON.stringify(database.getRunSummary(runId));
    const outcome = await rederiveRun(database, runId, summarizeStored, { write: true });
    assert.deepEqual(outcome.changes, []);
    assert.equal(outcome.isWritten, true);
    assert.ok(derived(runDocument(database, runId)) === before);
    assert.equal(JSON.stringify(database.getRunSummary(runId)), summary);
    if (options.depth) assert.ok(database.getComponentMetrics(runId).length > 100);
  });
}

Deno.test("two runs are compared draw by draw, in memory and stored; draws are neither printed nor kept", async () => {
  using scene = scratch();
  const runs: ProfilingRun[] = [];
  {
    using database = ProfileDatabase.open(scene.path);
    await withStandIn("normal", async () => {
      for (let run = 0; run < 2; run++) {
        const { baselineSeconds, warmup } = QUICK;
        runs.push(
          await profile(model, "Once upon a time", {
            source: "powermetrics",
            intervalMs: 50,
            minSeconds: 1.2,
            maxNewTokens: 3,
            baselineSeconds,
            warmup,
            database,
          }),
        );
      }
    });
    const [before, after] = runs as [ProfilingRun, ProfilingRun];
    assert.ok(!("draws" in JSON.parse(JSON.stringify(before))));
    assert.ok(before.draws === before.draws);
    const stored = await storedEvidence(database, before.runId);
    const draws = storedDraws(stored);
    assert.equal(draws?.energyMj?.length, 256);
    assert.deepEqual(draws, storedDraws(stored));
    assert.equal(storedDraws({ ...stored, evidence: null }), null);
    const mj = draws!.energyMj!.reduce((sum, one) => sum + one, 0) / 256;
    assert.ok(Math.abs(mj / before.totals.energyMj! - 1) < 0.03, `${mj}`);
    assert.equal(compareRuns(before, after, { metric: "energyMj" }).basis, "draws");
  }
  const { stdout, stderr } = await runTask(
    "compare",
    ["last~1", "last", "--metric", "energyMj", "--json", "--db", scene.path],
  );
  assert.equal(JSON.parse(stdout).comparisons[0].basis, "draws", stderr);
  const report = await runTask(
    "report",
    ["last~1", "last", "--db", scene.path, "-o", join(scene.folder, "report.html")],
  );
  assert.equal(report.code, 0, report.stderr);
  assert.match(await Deno.readTextFile(join(scene.folder, "report.html")), /z by draws/);
});

Deno.test("rederiveRun() repairs derived rows that are wrong, at every level, and names them", async () => {
  using database = ProfileDatabase.open(":memory:");
  const runId = await stored(database, { source: "estimate", depth: "operation", minSeconds: 0 });
  const truth = derived(runDocument(database, runId));
  const { run, layers, components, operations } = runDocument(database, runId);
  const doubled = <T extends { energyMj?: number | null }>(rows: T[]) =>
    rows.map((row, i) => i === 3 ? { ...row, energyMj: 2 * row.energyMj! + 1 } : row);
  database.replaceResult(runId, {
    ...resultOf(run),
    verdict: "All is well.",
    totals: { ...run.totals, energyMj: 1, joulesPerToken: null },
    trace: { ...run.trace, tokens: doubled(run.trace.tokens) },
  }, {
    layers: doubled(layers),
    components: doubled(components),
    operations: doubled(operations),
  });
  const { changes } = await rederiveRun(database, runId, summarizeStored);
  assert.deepEqual(changes.map(({ name }) => name).sort(), [
    "components.3.energyMj",
    "layers.3.energyMj",
    "operations.3.energyMj",
    "run.figures.edpJs",
    "run.totals.energyMj",
    "run.totals.joulesPerToken",
    "run.trace.tokens.3.energyMj",
    "run.verdict",
  ]);
  const written = await rederiveRun(database, runId, summarizeStored, { write: true });
  assert.equal(written.changes.length, changes.length);
  assert.ok(derived(runDocument(database, runId)) === truth);
});

Deno.test("deno task rederive needs no model: an exported run comes out the same elsewhere", async () => {
  using scene = scratch();
  let document = "";
  {
    using database = ProfileDatabase.open(":memory:");
    const runId = await stored(database, { source: "estimate", depth: "component" });
    const whole = runDocument(database, runId);
    whole.run.model.path = "/nowhere";
    document = JSON.stringify(whole);
  }
  {
    using database = ProfileDatabase.open(scene.path);
    database.importRun(JSON.parse(document));
  }
  const { code, stdout, stderr } = await runTask("rederive", ["--db", scene.path], {
    cwd: scene.folder,
  });
  assert.equal(code, 0, stderr);
  assert.match(stdout, /comes out bit for bit as it is stored/);
  using database = ProfileDatabase.open(scene.path, { readOnly: true });
  assert.ok(derived(runDocument(database, "last")) === derived(JSON.parse(document)));
});

Deno.test("a run that kept no evidence is compared as far as it goes, and left as it is", async () => {
  using scene = scratch();
  let runId = "";
  let before = "";
  {
    using source = ProfileDatabase.open(":memory:");
    using database = ProfileDatabase.open(scene.path);
    runId = await stored(source, { source: "estimate", depth: "component" });
    const { evidence: _, ...document } = runDocument(source, runId);
    database.importRun(document);
    before = JSON.stringify(runDocument(database, runId));
    const outcome = await rederiveRun(database, runId, summarizeStored, { write: true });
    assert.match(outcome.lacks!, /clocks/);
    assert.equal(outcome.isWritten, false);
    // Gross energies follow from the records alone; what is net hangs on the idle power's error.
    const touched = outcome.changes.map(({ name }) => name);
    for (const name of ["run.totals", "run.tokens.1.energyMj", "run.latency", "run.response"]) {
      assert.deepEqual(touched.filter((one) => one.startsWith(name)), [], name);
    }
    assert.ok(JSON.stringify(runDocument(database, runId)) === before);
  }
  const { stdout } = await runTask("rederive", [runId, "--db", join(scene.folder, "runs.db")]);
  assert.match(stdout, /Made without .*: compared only/);
  using database = ProfileDatabase.open(scene.path, { readOnly: true });
  assert.ok(JSON.stringify(runDocument(database, runId)) === before);
});
