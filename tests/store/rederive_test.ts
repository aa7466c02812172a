import assert from "node:assert/strict";
import { InputError } from "../../lib/errors.ts";
import { PowerMonitor } from "../../lib/power/mod.ts";
import type { PowerSample, ProfilingRun, RawPowerBatch } from "../../lib/record.ts";
import {
  ProfileDatabase,
  rederiveRun,
  resultOf,
  type StoredEvidence,
} from "../../lib/store/mod.ts";
import { sampleRun } from "../fixtures/run.ts";
import { runTask } from "../tasks/run_task.ts";
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

const takeSamples = ({ run, power }: StoredEvidence): ProfilingRun => ({
  ...resultOf(run),
  trace: { ...run.trace, samples: power.samples },
});

Deno.test("rederiveRun() finds nothing to change in what was derived from the same records", async () => {
  using database = ProfileDatabase.open(":memory:");
  const runId = await storeRecorded(database);
  const before = database.getRun(runId);
  assert.deepEqual(await rederiveRun(database, runId, takeSamples, { write: true }), []);
  assert.deepEqual(database.getRun(runId), before);
});

Deno.test("rederiveRun() says what changed, and writes it only when asked", async () => {
  using database = ProfileDatabase.open(":memory:");
  let truth = 0;
  const runId = await storeRecorded(database, (samples) => {
    truth = samples[2]!.energyMj.cpu!;
    return samples.map((one, i) => i === 2 ? { ...one, energyMj: { cpu: truth + 5 } } : one);
  });
  const expected = [{ name: "trace.samples.2.energyMj.cpu", before: truth + 5, after: truth }];
  const round = (changes: { before: unknown; after: unknown }[]) =>
    JSON.parse(JSON.stringify(changes, (_, v) => typeof v === "number" ? Math.round(v * 1e3) : v));
  const dry = await rederiveRun(database, runId, takeSamples);
  assert.deepEqual(round(dry), round(expected));
  assert.equal((await rederiveRun(database, runId, takeSamples, { write: true })).length, 1);
  assert.deepEqual(await rederiveRun(database, runId, takeSamples), []);
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
  await refused("last", /holds no such run; deno task runs/);
  await refused(store(database), /keeps no raw power records; choose another/);
  await refused(database.createRun(headerOf(sampleRun())), /still running/);
});

Deno.test("deno task rederive tells same from other, with exit codes", async () => {
  using scene = scratch();
  const ids: string[] = [];
  {
    using database = ProfileDatabase.open(scene.path);
    ids.push(await storeRecorded(database));
    ids.push(await storeRecorded(database, (samples) => samples.slice(1)));
    ids.push(store(database));
  }
  const same = await runTask("rederive", [ids[0]!, "--db", scene.path]);
  assert.equal(same.code, 0, same.stderr);
  assert.match(same.stdout, /come out as they are stored; figures/);
  const other = await runTask("rederive", [ids[1]!, "--db", scene.path, "--json"]);
  assert.equal(other.code, 1);
  assert.equal(JSON.parse(other.stdout).changes[0].name, "trace.samples.length");
  assert.match(other.stderr, /nothing was written/);
  const none = await runTask("rederive", [ids[2]!, "--db", scene.path]);
  assert.equal(none.code, 2);
  assert.match(none.stderr, /keeps no raw power records/);
});
