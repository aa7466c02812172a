import assert from "node:assert/strict";
import { InputError } from "../../lib/errors.ts";
import { unpackEvidence } from "../../lib/store/evidence.ts";
import { PowerMonitor } from "../../lib/power/mod.ts";
import type { PowerSample, ProfilingRun, RawPowerBatch } from "../../lib/record.ts";
import {
  type DerivedRun,
  ProfileDatabase,
  rederiveRun,
  resultOf,
  runDocument,
  type StoredEvidence,
} from "../../lib/store/mod.ts";
import { sampleRun } from "../fixtures/run.ts";
import { runTask } from "../tasks/run_task.ts";
import { storeRichRun } from "./rich_run.ts";
import { headerOf, scratch, store } from "./scene.ts";

/** What a monitor saw in half a second, and the raw records behind it. */
async function recorded(): Promise<{ samples: PowerSample[]; raw: RawPowerBatch }> {
  await using monitor = new PowerMonitor({ source: "estimate", intervalMs: 50 });
  await monitor.start();
  while (monitor.samples().length < 5) await new Promise((done) => setTimeout(done, 25));
  await monitor.stop();
  return { samples: monitor.samples(), raw: monitor.takeRaw()! };
}

/** A run with real raw records. `lie` changes what is stored of them. */
async function storeRecorded(
  database: ProfileDatabase,
  lie: (samples: PowerSample[]) => PowerSample[] = (samples) => samples,
): Promise<string> {
  const { samples, raw } = await recorded();
  const plain = sampleRun({ tokens: 2, rails: ["cpu"] });
  const shiftMs = samples[0]!.startMs - plain.trace.samples[0]!.startMs;
  const moved = <T extends { startMs: number; endMs: number }>(of: T[]) =>
    of.map((one) => ({ ...one, startMs: one.startMs + shiftMs, endMs: one.endMs + shiftMs }));
  const { phases, tokens } = plain.trace;
  const trace = { samples: lie(samples), phases: moved(phases), tokens: moved(tokens) };
  const run: ProfilingRun = { ...plain, trace };
  const runId = database.createRun(headerOf(run, { startedAtMs: samples[0]!.startMs }));
  database.addRawPower(runId, raw);
  database.finishRun(runId, { status: "complete", result: run });
  return runId;
}

const takeSamples = ({ run, power }: StoredEvidence): DerivedRun => ({
  run: { ...resultOf(run), trace: { ...run.trace, samples: power.samples } },
  layers: [],
  components: [],
  operations: [],
  lacks: null,
});

Deno.test("rederiveRun() finds nothing to change in what was derived from the same records", async () => {
  using database = ProfileDatabase.open(":memory:");
  const runId = await storeRecorded(database);
  const before = database.getRun(runId);
  const outcome = await rederiveRun(database, runId, takeSamples, { write: true });
  assert.deepEqual(outcome, { runId, changes: [], lacks: null, isWritten: true });
  assert.deepEqual(database.getRun(runId), before);
});

Deno.test("rederiveRun() says what changed, and writes it only when asked", async () => {
  using database = ProfileDatabase.open(":memory:");
  let truth = 0;
  const runId = await storeRecorded(database, (samples) => {
    truth = samples[2]!.energyMj.cpu!;
    return samples.map((one, i) => i === 2 ? { ...one, energyMj: { cpu: truth + 5 } } : one);
  });
  const expected = [{ name: "run.trace.samples.2.energyMj.cpu", before: truth + 5, after: truth }];
  const round = (changes: { before: unknown; after: unknown }[]) =>
    JSON.parse(JSON.stringify(changes, (_, v) => typeof v === "number" ? Math.round(v * 1e3) : v));
  const dry = await rederiveRun(database, runId, takeSamples);
  assert.deepEqual(round(dry.changes.slice(-1)), round(expected));
  assert.ok(dry.changes.slice(0, -1).every(({ name }) => name.startsWith("run.figures.")));
  assert.equal(dry.isWritten, false);
  assert.equal(
    (await rederiveRun(database, runId, takeSamples)).changes.length,
    dry.changes.length,
  );
  const poorer = (evidence: StoredEvidence) => ({ ...takeSamples(evidence), lacks: "its clocks" });
  const compared = await rederiveRun(database, runId, poorer, { write: true });
  assert.deepEqual([compared.isWritten, compared.lacks], [false, "its clocks"]);
  assert.ok((await rederiveRun(database, runId, takeSamples, { write: true })).isWritten);
  assert.deepEqual((await rederiveRun(database, runId, takeSamples)).changes, []);
});

Deno.test("replaceResult() makes totals, figures and the mean repetition anew", () => {
  using database = ProfileDatabase.open(":memory:");
  const runId = store(database);
  const old = resultOf(database.getRun(runId)!);
  const totals = { ...old.totals, energyMj: 2 * old.totals.energyMj! };
  database.replaceResult(runId, { ...old, totals, groups: old.groups.slice(1) });
  const run = database.getRun(runId)!;
  assert.equal(run.totals.energyMj, totals.energyMj);
  assert.equal(run.figures!.edpJs, totals.energyMj * totals.durationMs / 1e6);
  assert.equal(run.groups.length, old.groups.length - 1);
  assert.deepEqual(Object.keys(resultOf(run)).sort(), Object.keys(old).sort());
});

Deno.test("rederiveRun() refuses runs that are not there, go on, or kept no records", async () => {
  using database = ProfileDatabase.open(":memory:");
  const refused = (id: string, says: RegExp) =>
    assert.rejects(rederiveRun(database, id, takeSamples), (error) => {
      assert.ok(error instanceof InputError);
      assert.match(error.message, says);
      return true;
    });
  await refused("last", /holds no run yet; deno task profile/);
  await refused(store(database), /keeps no raw power records; choose another/);
  await refused(database.createRun(headerOf(sampleRun())), /still running/);
});

Deno.test("replaceResult() forgets energies that are not known any more, and keeps activations", () => {
  using database = ProfileDatabase.open(":memory:");
  const runId = storeRichRun(database);
  const result = resultOf(database.getRun(runId)!);
  const components = database.getComponentMetrics(runId);
  const statistics = database.getDeepStatistics(runId);
  const tokens = result.trace.tokens
    .map(({ energyMj: _1, lowMj: _2, highMj: _3, method: _4, interval: _5, ...token }) => token);
  const unmeasured = { energyMj: null, lowMj: null, highMj: null };
  database.replaceResult(runId, { ...result, trace: { ...result.trace, tokens } }, {
    components: components.map(({ activation: _, ...row }) => ({ ...row, ...unmeasured })),
  });
  for (const token of database.getTokens(runId)) {
    assert.deepEqual([token.energyMj, token.lowMj, token.method], [null, null, null]);
  }
  const after = database.getComponentMetrics(runId);
  assert.deepEqual(after, components.map((row) => ({ ...row, ...unmeasured })));
  assert.ok(after.some(({ activation }) => activation !== null));
  assert.deepEqual(database.getDeepStatistics(runId), statistics);
  assert.ok(database.getLayerMetrics(runId).every(({ energyMj }) => energyMj === null));
  assert.ok(database.getRunSummary(runId)!.layerComponents.every((c) => c.energyMj === null));
});

Deno.test("finishRun() keeps what a result was made of, bit for bit, and exports carry it", () => {
  using database = ProfileDatabase.open(":memory:");
  const run = sampleRun();
  const numbers = Float64Array.from([1 / 3, NaN, -Infinity, 5e-324]);
  const evidence = {
    version: 7,
    none: null,
    numbers,
    part: numbers.subarray(1, 2),
    floats: Float32Array.of(0.1),
    nested: [{ counts: Int32Array.of(-1), "$a": "text" }],
  };
  const runId = database.createRun(headerOf(run));
  assert.equal(database.getEvidence(runId), null);
  database.finishRun(runId, { status: "complete", result: run, evidence });
  const packed = database.getEvidence(runId)!;
  assert.deepEqual(unpackEvidence(packed), { ...evidence, part: Float64Array.of(NaN) });
  using other = ProfileDatabase.open(":memory:");
  const document = runDocument(database, runId);
  assert.equal(other.importRun(document), true);
  assert.deepEqual(other.getEvidence(runId), packed);
  database.deleteRun(runId);
  assert.throws(
    () => database.importRun({ ...document, evidence: packed.slice(0, 40).toBase64() }),
    InputError,
  );
  assert.equal(database.getEvidence(runId), null, "nothing of it is kept");
});

Deno.test("deno task rederive refuses what cannot be derived, in one line with exit code 2", async () => {
  using scene = scratch();
  const ids: string[] = [];
  {
    using database = ProfileDatabase.open(scene.path);
    ids.push(store(database));
    const failed = database.createRun(headerOf(sampleRun()));
    database.finishRun(failed, { status: "failed", reason: "it failed" });
    ids.push(failed);
  }
  const refusals = [/keeps no raw power records/, /has no result \(failed\)/];
  for (const [i, says] of refusals.entries()) {
    const { code, stderr } = await runTask("rederive", [ids[i]!, "--db", scene.path]);
    assert.equal(code, 2);
    assert.match(stderr, says);
    assert.equal(stderr.trim().split("\n").length, 1);
  }
});

Deno.test("deno task rederive writes nothing with --dry-run, and nothing where less is kept", async () => {
  using scene = scratch();
  {
    using database = ProfileDatabase.open(scene.path);
    await storeRecorded(database, (samples) => samples.slice(1));
  }
  for (const args of [["--dry-run"], ["--json"]]) {
    const { code, stdout, stderr } = await runTask("rederive", ["--db", scene.path, ...args]);
    assert.equal(code, 1);
    assert.match(stdout, /run\.totals\.energyMj/);
    assert.match(stderr, /nothing was written/);
  }
});
