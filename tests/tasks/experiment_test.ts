import assert from "node:assert/strict";
import { join } from "node:path";
import type { ExperimentResult } from "../../lib/experiment/mod.ts";
import { ProfileDatabase } from "../../lib/store/mod.ts";
import { SHIPPED } from "../../tasks/experiment/file.ts";
import { ended, runTask, spawnTask } from "./run_task.ts";

const model = "models/tinytales";
const BRIEF = {
  name: "brief",
  arms: { all: { model }, one: { model, threads: 1 } },
  prompts: ["Once upon a time"],
  processes: 1,
  nullArm: false,
  cooldown: 0,
  options: { warmup: 0, minSeconds: 0.3, baselineSeconds: 0, maxNewTokens: 4 },
};

/** A folder with an experiment in it. */
function folderWith(experiment: unknown, name = "brief.json"): string {
  const folder = Deno.makeTempDirSync();
  const text = typeof experiment === "string" ? experiment : JSON.stringify(experiment);
  Deno.writeTextFileSync(join(folder, name), text);
  return folder;
}

Deno.test("every experiment that ships can be played on a virtual machine", async () => {
  const results = await Promise.all(SHIPPED.map(async (name) => {
    const { code, stdout, stderr } = await runTask("experiment", [
      name,
      "--simulate",
      "none",
      "--processes",
      "5",
      "--json",
    ]);
    assert.ok(code === 0 || code === 1, stderr);
    return JSON.parse(stdout) as ExperimentResult;
  }));
  for (const { comparisons, arms, plan } of results) {
    assert.equal(comparisons.length, 2);
    assert.deepEqual(arms.map(({ processes }) => processes), [5, 5, 5, 5], plan.name);
    assert.ok(plan.question !== null);
  }
});

Deno.test("experiment prints arms, expectations and an answer, and fails with a contradiction", async () => {
  const play = (cost: number, ...more: string[]) =>
    runTask("experiment", ["prefill_chunk", "--simulate", `by 8=${cost}`, ...more]);
  const shown = await play(1.5);
  assert.equal(shown.code, 0, shown.stderr);
  assert.match(shown.stdout, /^What does it cost to read .*\?\n\narm +runs +processes/);
  assert.match(shown.stdout, /Expected {2}.* by 8 higher than of whole by 10 % or more: shown/);
  assert.match(shown.stdout, /The same arm again: whole again ÷ whole differs by/);
  assert.match(shown.stdout, /\nAnswer {2}energy per prompt token, against whole: .*\n$/);
  const contradicted = await play(0.5, "--quiet");
  assert.equal(contradicted.code, 1, contradicted.stderr);
  assert.match(contradicted.stdout, /^arm .*[^]*: contradicted/);
});

Deno.test("experiment runs processes with its own permissions, stops at Ctrl-C, and goes on", async () => {
  const cwd = folderWith(BRIEF);
  const db = join(cwd, "runs.db");
  const args = ["brief.json", "--db", "runs.db", "--power", "estimate", "--wait-seconds", "0"];
  const child = spawnTask("experiment", args, { cwd });
  const complete = () => {
    try {
      using database = ProfileDatabase.open(db, { readOnly: true });
      return database.getRuns({ status: "complete" }).length;
    } catch {
      return 0; // not there yet
    }
  };
  const outcome = ended(child);
  let hasEnded = false;
  outcome.finally(() => hasEnded = true);
  while (complete() === 0 && !hasEnded) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill("SIGINT");
  const first = await outcome;
  assert.equal(first.code, 130, first.stdout + first.stderr);
  assert.match(first.stderr, /Stopping, and keeping what was measured; run it again/);

  const second = await runTask("experiment", [...args, "--json"], { cwd });
  assert.equal(second.code, 0, second.stderr);
  const { status, arms, notes, source } = JSON.parse(second.stdout) as ExperimentResult;
  assert.deepEqual([status, source], ["complete", "estimate"]);
  assert.deepEqual(arms.map(({ processes }) => processes), [1, 1]);
  assert.match(notes.join(), /1 process is of an earlier session/);
  assert.equal(complete(), 2);
  Deno.removeSync(cwd, { recursive: true });
});

Deno.test("experiment refuses what it cannot run, in one line", async () => {
  const misspelt = { ...BRIEF, arms: { a: { model }, b: { model, precison: "int8" } } };
  const cases: [string, RegExp][] = [
    [
      folderWith(BRIEF, "other.json"),
      /: there is no such file; pass a \.ts or \.json file, or a name: use one of quantization/,
    ],
    [folderWith("{"), /Cannot read the experiment "brief\.json": .*JSON/],
    [folderWith({ arms: {} }), /its default export is no experiment; write/],
    [folderWith(misspelt), /unknown option "precison"/],
    [
      folderWith({ ...BRIEF, arms: { a: { model: "nowhere" } }, nullArm: true }),
      /nowhere": there is no/,
    ],
  ];
  await Promise.all(cases.map(async ([cwd, message]) => {
    const { code, stderr } = await runTask("experiment", ["brief.json"], { cwd });
    assert.equal(code, 2, stderr);
    assert.match(stderr, message);
    assert.equal(stderr.trim().split("\n").length, 1, stderr);
    Deno.removeSync(cwd, { recursive: true });
  }));
  const { code, stderr } = await runTask("experiment", ["quantization", "--simulate", "int8=much"]);
  assert.deepEqual([code, /ARM=COST/.test(stderr)], [2, true]);
});
