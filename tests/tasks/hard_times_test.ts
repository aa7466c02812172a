import assert from "node:assert/strict";
import { join } from "node:path";
import type { ProfilingRun } from "../../lib/record.ts";
import { ProfileDatabase } from "../../lib/store/mod.ts";
import { testUnless } from "../gate/needs.ts";
import { connect, query, scratch } from "../store/scene.ts";
import { noSmallDisk, smallDisk } from "../store/small_disk.ts";
import { ended, killable, measuring, runTask, SHORT, spawnTask } from "./run_task.ts";

const MEASURE = ["--power", "estimate", "--warmup", "0", "--baseline-seconds", "0.3", "--quiet"];

const TEN_MINUTES = ["--min-seconds", "600", "--max-seconds", "600"];

/** Whether samples follow each other without a gap, from before the first token until after the last. */
function assertPowerIsWhole(database: ProfileDatabase, runId: string): void {
  const samples = database.getPowerTimeline(runId);
  const gaps = samples.slice(1).map(({ startMs }, i) => Math.abs(startMs - samples[i]!.endMs));
  assert.ok(Math.max(...gaps) < 1, `gaps of up to ${Math.max(...gaps)} ms`);
  const tokens = database.getTokens(runId);
  assert.ok(samples[0]!.startMs < tokens[0]!.startMs);
  assert.ok(samples.at(-1)!.endMs > tokens.at(-1)!.endMs);
}

testUnless(
  Deno.build.os === "windows" ? "Windows has no SIGSTOP" : null,
  "profile that is suspended and goes on says when it stood still",
  async () => {
    using scene = scratch();
    const args = [...MEASURE, "--db", scene.path, "--min-seconds", "4", "--json"];
    const child = spawnTask("profile", args);
    using _ = killable(child);
    await measuring(scene.path);
    child.kill("SIGSTOP");
    setTimeout(() => child.kill("SIGCONT"), 2000);
    const { code, stdout, stderr } = await ended(child);
    assert.equal(code, 0, stderr);
    const { findings, status }: ProfilingRun = JSON.parse(stdout);
    assert.equal(status, "complete");
    const slept = findings.find(({ kind }) => kind === "sleep");
    assert.match(
      slept?.message ?? "",
      /^The process stood still for \d\.\d s; times and energies hold that/,
    );
    assert.ok(slept!.value > 1500, "nearly all of the two seconds");
  },
);

Deno.test("two profiles at once into one database are both whole, and say that they were not alone", async () => {
  using scene = scratch();
  const args = [...MEASURE, "--db", scene.path, "--min-seconds", "4", "--threads", "1", "--json"];
  const both = await Promise.all([runTask("profile", args), runTask("profile", args)]);
  const runs = both.map(({ code, stdout, stderr }): ProfilingRun => {
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout);
  });
  using database = ProfileDatabase.open(scene.path, { readOnly: true });
  assert.deepEqual(
    database.getRuns().map(({ runId }) => runId).sort(),
    runs.map(({ runId }) => runId).sort(),
  );
  for (const run of runs) {
    const { measured, tokens, findings } = run;
    const kept = database.getTokens(run.runId);
    assert.equal(kept.length, measured.repetitions * tokens.length);
    assert.deepEqual(
      kept.filter(({ repetition }) => repetition === 0).map(({ id }) => id),
      tokens.map(({ id }) => id),
    );
    assert.equal(database.getRun(run.runId)!.status, "complete");
    assertPowerIsWhole(database, run.runId);
    // One of N CPUs is 5 % of the machine where there are 20.
    if (navigator.hardwareConcurrency < 16) {
      assert.ok(findings.some(({ kind }) => kind === "foreign-load"), "it was not alone");
    }
  }
  assert.deepEqual(query(scene.path, "PRAGMA integrity_check"), [{ integrity_check: "ok" }]);
  assert.deepEqual(query(scene.path, "PRAGMA foreign_key_check"), []);
});

testUnless(
  noSmallDisk(),
  "profile on a disk that fills up keeps what fitted, and says so in one line",
  async () => {
    using disk = smallDisk(400);
    const db = join(disk.folder, "runs.db");
    const { code, stdout, stderr } = await runTask("profile", [
      ...MEASURE,
      ...["--db", db, "--min-seconds", "4"],
    ]);
    assert.equal(code, 2, stderr);
    assert.equal(stdout, "");
    assert.match(stderr, /^error: .*disk is full; free some space or choose another disk\n$/);
    disk.grow(8192);
    using database = ProfileDatabase.open(db);
    const run = database.getRun("last")!;
    // Where not even the word fits, the run has no writer any more, and reads as interrupted.
    assert.match(run.status, /^(failed|interrupted)$/);
    if (run.status === "failed") assert.equal(`error: ${run.reason}\n`, stderr);
    assert.ok(database.getTokens(run.runId).length > 0, "tokens that fitted are kept");
    assert.ok(database.getPowerTimeline(run.runId).length > 0, "and their power");
    assert.deepEqual(query(db, "PRAGMA integrity_check"), [{ integrity_check: "ok" }]);
  },
);

testUnless(
  noSmallDisk(),
  "profile on a disk that fills up and is freed in time loses nothing",
  async () => {
    using disk = smallDisk(1024);
    const db = join(disk.folder, "runs.db");
    const ballast = join(disk.folder, "ballast");
    const child = spawnTask("profile", [
      ...MEASURE,
      ...["--db", db, "--min-seconds", "5", "--max-new-tokens", "8", "--json"],
    ]);
    using _ = killable(child);
    await measuring(db);
    const fill = () => {
      using file = Deno.openSync(ballast, { append: true, create: true });
      assert.throws(() => {
        for (;;) file.writeSync(new Uint8Array(4096));
      }, /No space left/);
      return [db, `${db}-wal`].reduce((sum, path) => sum + Deno.statSync(path).size, 0);
    };
    const before = fill();
    await new Promise((resolve) => setTimeout(resolve, 1500));
    // A page of the disk that was begun takes a part of one of the database's, which is then none.
    assert.ok(fill() - before < 4096, "three batches had no room");
    Deno.removeSync(ballast);
    disk.grow(65_536);
    const { code, stdout, stderr } = await ended(child);
    assert.equal(code, 0, stderr);
    const { measured, tokens, runId }: ProfilingRun = JSON.parse(stdout);
    using database = ProfileDatabase.open(db, { readOnly: true });
    assert.equal(database.getTokens(runId).length, measured.repetitions * tokens.length);
    assertPowerIsWhole(database, runId);
  },
);

testUnless(
  noSmallDisk(),
  "a read-only disk: all refuse it in one line, and a copy of its database is read",
  async () => {
    using disk = smallDisk(8192);
    const db = join(disk.folder, "runs.db");
    const profile = (path: string, ...more: string[]) =>
      runTask("profile", ["--power", "estimate", ...SHORT, "--quiet", "--db", path, ...more]);
    assert.equal((await profile(db)).code, 0);
    disk.protect();
    for (const path of [db, join(disk.folder, "new.db")]) {
      // It would take ten minutes if it measured before it looked.
      const { code, stderr } = await profile(path, ...TEN_MINUTES);
      assert.equal(code, 2);
      assert.match(stderr, /^error: .*choose a path that this process may write\n$/);
    }
    const refused = await runTask("runs", ["--db", db]);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /^error: .*; copy it to a folder that this process may write\n$/);
    using scene = scratch();
    Deno.copyFileSync(db, scene.path);
    const [run] = JSON.parse((await runTask("runs", ["--db", scene.path, "--json"])).stdout);
    assert.equal(run.status, "complete");
  },
);

const isLong = Deno.env.get("TOKENWATT_LONG") === "1";

testUnless(
  isLong ? null : "it waits for 10 s; TOKENWATT_LONG=1 runs it",
  "profile into a database that another program locks says so in one line, and measures nothing",
  async () => {
    using scene = scratch();
    ProfileDatabase.open(scene.path).close();
    using other = connect(scene.path);
    other.exec("BEGIN IMMEDIATE");
    const { code, stdout, stderr } = await runTask("profile", [
      ...[...MEASURE, ...TEN_MINUTES, "--db", scene.path],
    ]);
    assert.deepEqual([code, stdout], [2, ""], stderr);
    assert.match(stderr, /^error: .*database is locked; wait until the other process is done.*\n$/);
    other.exec("ROLLBACK");
    assert.deepEqual(query(scene.path, "SELECT count(*) AS runs FROM profiling_runs"), [
      { runs: 0 },
    ]);
  },
);
