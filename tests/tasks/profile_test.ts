import assert from "node:assert/strict";
import { join } from "node:path";
import type { ProfilingRun } from "../../lib/record.ts";
import { ProfileDatabase } from "../../lib/store/mod.ts";
import { ended, killable, measuring, runIs, runTask, SHORT, spawnTask } from "./run_task.ts";

const ESTIMATE = ["--power", "estimate", ...SHORT];

/** Tokens of one repetition where no flag says how many. */
const REPETITION = 64;

function kill(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch {
    // it has ended
  }
}

function database(): string {
  return join(Deno.makeTempDirSync(), "runs.db");
}

Deno.test("profile --json prints one mean repetition whose parts add up, powers that can be, and nothing else", async () => {
  const db = database();
  const { code, stdout, stderr } = await runTask("profile", [...ESTIMATE, "--db", db, "--json"]);
  assert.equal(code, 0, stderr);
  const run: ProfilingRun = JSON.parse(stdout);
  assert.equal(run.status, "complete");
  assert.equal(run.power.kind, "estimated");
  assert.equal(run.tokens.length, 8);
  assert.equal(run.response, run.tokens.map(({ text }) => text).join(""));
  const total = run.totals.energyMj ?? NaN;
  const phases = run.phases.reduce((sum, { energy }) => sum + (energy.mj ?? NaN), 0);
  assert.ok(Math.abs(phases - total) <= 1e-9 * total);
  assert.ok(
    Math.abs((run.measured.energyMj ?? NaN) - total * run.measured.repetitions) < 1e-6 * total,
  );
  const decode = run.phases.find(({ phase }) => phase === "decode")?.energy.mj ?? NaN;
  const tokens = run.tokens.slice(1).reduce((sum, { energyMj }) => sum + (energyMj ?? NaN), 0);
  assert.ok(tokens <= decode * (1 + 1e-9) && tokens > decode * 0.8, `${tokens} of ${decode}`);
  assert.ok(
    run.totals.joulesPerToken && Math.abs(run.totals.joulesPerToken - decode / 7000) < 1e-12,
  );
  for (const { method, resolved, lowMj, highMj, energyMj } of run.tokens) {
    assert.equal(method, "estimated");
    assert.equal(resolved, false);
    assert.ok(Number(lowMj) <= Number(energyMj) * 0.7 && Number(highMj) >= Number(energyMj) * 1.3);
  }
  using stored = ProfileDatabase.open(db, { readOnly: true });
  assert.equal(stored.getRun("last")?.runId, run.runId);
  checkPowers(run);
});

/** Powers lie between idle and what the source can show. */
function checkPowers({ totals, phases }: ProfilingRun): void {
  const most = navigator.hardwareConcurrency * 3500;
  assert.ok(
    (totals.meanMw ?? 0) > (totals.baselineMw ?? Infinity),
    "working draws more than idling",
  );
  assert.ok((totals.meanMw ?? Infinity) <= most * 1.02);
  assert.ok((totals.peakMw ?? Infinity) <= most * 1.001);
  for (const { energy, durationMs } of phases) {
    assert.ok((energy.mj ?? 0) >= 0 && (energy.mj ?? 0) / durationMs * 1000 < most * 3);
  }
}

Deno.test("profile runs a batch on the engine that is asked for, and refuses a provider that is not there", async () => {
  const args = [...ESTIMATE, "--db", database()];
  const { code, stdout, stderr } = await runTask("profile", [
    ...[...args, "--engine", "ort-ffi", "--batch-size", "3", "--json"],
  ]);
  assert.equal(code, 0, stderr);
  const { runtime, totals, tokens }: ProfilingRun = JSON.parse(stdout);
  assert.deepEqual([runtime?.engine, runtime?.engineNote], ["ort-ffi", null]);
  assert.equal(runtime?.sequences.length, 3);
  assert.equal(totals.generatedTokens, 3 * tokens.length);
  const absent = Deno.build.os === "darwin" ? "cuda" : "coreml";
  const refused = await runTask("profile", [...args, "--ep", absent]);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /does not hold it; use one of cpu/);
});

Deno.test("profile without a terminal shows no colour, no bar, and says that it estimates", async () => {
  const { code, stdout, stderr } = await runTask("profile", [...ESTIMATE, "--db", database()], {
    env: { NO_COLOR: "" },
  });
  assert.equal(code, 0, stderr);
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(stdout + stderr, /[\x1b\r]/);
  assert.match(stdout, /This is an estimate \(± 50 %\), not a measurement/);
  assert.match(stdout, /docs\/powermetrics\.md|run on a Mac/);
  assert.match(stdout, /decode\s+7 /);
  assert.match(stdout, /Saved as /);
  assert.doesNotMatch(stdout, /tells no tokens apart/, "nobody asked for tokens");
});

Deno.test("profile --quiet prints the result only", async () => {
  const { stdout, stderr } = await runTask("profile", [...ESTIMATE, "--db", database(), "-q"]);
  assert.equal(stderr, "");
  assert.match(stdout, /^One repetition/);
  assert.doesNotMatch(stdout, /Saved as|estimate \(±/);
});

Deno.test("profile takes a flag before a variable before tokenwatt.json", async () => {
  const cwd = Deno.makeTempDirSync();
  const write = (value: unknown) =>
    Deno.writeTextFileSync(join(cwd, "tokenwatt.json"), JSON.stringify(value));
  const generated = async (args: string[], env: Record<string, string>) => {
    const { stdout, stderr } = await runTask("profile", [
      ...["--power", "estimate", "--baseline-seconds", "0", "--min-seconds", "0"],
      ...["--warmup", "0", "--json"],
      ...args,
    ], { cwd, env });
    assert.notEqual(stdout, "", stderr);
    return (JSON.parse(stdout) as ProfilingRun).totals.generatedTokens;
  };
  write({ "max-new-tokens": 3, db: "mine.db" });
  assert.equal(await generated([], {}), 3);
  assert.ok(Deno.statSync(join(cwd, "mine.db")).isFile, "a path counts from the user's folder");
  assert.equal(await generated([], { TOKENWATT_MAX_NEW_TOKENS: "4" }), 4);
  assert.equal(await generated(["-n", "5"], { TOKENWATT_MAX_NEW_TOKENS: "4" }), 5);
});

Deno.test("profile keeps what was measured when Ctrl-C stops it, and exits with 130", async () => {
  const db = database();
  const child = spawnTask("profile", [
    ...["--power", "estimate", "--db", db, "--min-seconds", "30", "--warmup", "0"],
    ...["--baseline-seconds", "0.3", "--json"],
  ]);
  using _ = killable(child);
  const outcome = ended(child);
  await measuring(db, 2 * REPETITION);
  // A terminal, `deno task` and npx each pass the same press on.
  for (const afterMs of [0, 20, 100]) setTimeout(() => kill(child, "SIGINT"), afterMs);
  const { code, stdout, stderr } = await outcome;
  assert.equal(code, 130, stderr);
  const run: ProfilingRun = JSON.parse(stdout);
  assert.equal(run.status, "interrupted");
  assert.ok(run.measured.repetitions >= 1 && (run.totals.energyMj ?? 0) > 0);
  using stored = ProfileDatabase.open(db, { readOnly: true });
  assert.equal(stored.getRun("last")?.status, "interrupted");
});

Deno.test("profile leaves every batch and the word interrupted when it is killed", async () => {
  const db = database();
  const child = spawnTask("profile", [
    ...["--power", "estimate", "--db", db, "--min-seconds", "30", "--warmup", "0"],
    ...["--baseline-seconds", "0.3", "--quiet"],
  ]);
  using _ = killable(child);
  await runIs(
    db,
    (database) =>
      database.getTokens("last").length > REPETITION &&
      database.getPowerTimeline("last").length > 10,
  );
  child.kill("SIGKILL");
  await ended(child);
  const listed = await runTask("runs", ["--db", db, "--json"]);
  const [run] = JSON.parse(listed.stdout);
  assert.equal(run.status, "interrupted");
  using stored = ProfileDatabase.open(db, { readOnly: true });
  assert.ok(stored.getTokens(run.runId).length > 64);
  assert.ok(stored.getPowerTimeline(run.runId).length > 10);
  const shown = await runTask("show", ["last", "--db", db]);
  assert.equal(shown.code, 0, shown.stderr);
  assert.match(shown.stdout, /interrupted/);
});

Deno.test("profile says beforehand that an estimate tells no tokens apart", async () => {
  const db = ["--db", database()];
  const asked = await runTask("profile", [...ESTIMATE, ...db, "--resolve", "repetitions"]);
  assert.match(asked.stdout, /an estimate tells no tokens apart/);
});
