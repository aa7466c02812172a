import assert from "node:assert/strict";
import { InputError } from "../../lib/errors.ts";
import { experiment, type ExperimentDefinition } from "../../lib/experiment/mod.ts";
import { runProcess } from "../../lib/experiment/process.ts";
import type { ProcessOrder } from "../../lib/experiment/protocol.ts";
import { loadModel } from "../../lib/model/mod.ts";
import { ProfileDatabase } from "../../lib/store/mod.ts";

const model = "models/tinytales";
const brief = { warmup: 0, minSeconds: 0.3, baselineSeconds: 0, maxNewTokens: 4 };

const two: ExperimentDefinition = {
  arms: { all: { model }, one: { model, threads: 1 } },
  prompts: ["Once upon a time"],
  processes: 1,
  nullArm: false,
  cooldown: 0,
  metric: "tokensPerSecond",
  options: brief,
};

Deno.test("experiment() runs each arm in a process of its own, and goes on where it was stopped", async () => {
  const folder = Deno.makeTempDirSync();
  const database = `${folder}/runs.db`;
  const options = { database, source: "estimate", admission: false } as const;
  const controller = new AbortController();
  const first = await experiment("two", two, {
    ...options,
    signal: controller.signal,
    live: ({ done }) => {
      if (done === 1) controller.abort();
    },
  });
  assert.deepEqual([first.status, first.comparisons, first.outcome], ["interrupted", [], null]);
  assert.deepEqual(first.arms.map(({ processes }) => processes), [1, 0]);

  const second = await experiment("two", two, options);
  assert.deepEqual([second.status, second.id], ["complete", first.id]);
  assert.deepEqual(second.arms.map(({ processes }) => processes), [1, 1]);
  assert.deepEqual(second.arms[0]?.runIds, first.arms[0]?.runIds);
  assert.match(second.notes.join(), /1 process is of an earlier session/);
  assert.equal(second.comparisons[0]?.scope, "process");

  // All that is needed to repeat it is kept with each run.
  using kept = ProfileDatabase.open(database);
  const runs = kept.getRuns({ experiment: "two", status: "complete", ascending: true });
  assert.deepEqual(runs.map(({ tags }) => tags), [
    ["arm:all", "round:0"],
    ["arm:one", "round:0"],
  ]);
  assert.equal(new Set(runs.map(({ host }) => host.pid)).size, 2);
  assert.ok(runs.every(({ host }) => host.pid !== Deno.pid));
  const memo = runs[1]?.options.memo as Record<string, unknown>;
  assert.deepEqual(memo.plan, second.plan);
  assert.deepEqual([memo.experiment, memo.arm, memo.prompt], [second.id, "one", 0]);
  assert.match(runs[0]?.details.model?.hash ?? "", /^sha256:/);

  // Another seed is another experiment: nothing of this one counts for it.
  const stopped = AbortSignal.abort();
  const other = await experiment("two", { ...two, seed: 2 }, { ...options, signal: stopped });
  assert.deepEqual(other.arms.map(({ processes }) => processes), [0, 0]);
  kept.close();
  Deno.removeSync(folder, { recursive: true });
});

async function order(folder: string): Promise<ProcessOrder> {
  return {
    model: (await loadModel(model)).path,
    precision: null,
    prompts: ["Once upon a time"],
    options: { ...brief, repetitions: 1 },
    source: { name: "estimate" },
    database: `${folder}/runs.db`,
    experiment: "one",
    tags: [],
    memo: {},
  };
}

Deno.test("runProcess() ends the run in order when it is stopped", async () => {
  const folder = Deno.makeTempDirSync();
  const long = await order(folder);
  long.options.minSeconds = 50;
  const controller = new AbortController();
  const running = runProcess(long, (stage) => {
    if (stage === "measure") controller.abort();
  }, controller.signal);
  await assert.rejects(running, /The process was stopped/);
  using kept = ProfileDatabase.open(long.database);
  assert.deepEqual(kept.getRuns().map(({ status, reason }) => [status, reason]), [
    ["interrupted", "it was stopped"],
  ]);
  kept.close();
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("runProcess() ends a process that says nothing", async () => {
  const folder = Deno.makeTempDirSync();
  // Less than it takes to start.
  const silent = runProcess(await order(folder), () => {}, undefined, 1);
  await assert.rejects(silent, /The process said nothing for 1\.00 ms/);
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("runProcess() ends where only what its process started holds the other end", async () => {
  const folder = Deno.makeTempDirSync();
  // Stands for npx, which ends before the Deno that it has started.
  Deno.writeTextFileSync(`${folder}/deno`, "#!/bin/sh\nsleep 3 &\nexit 0\n", { mode: 0o755 });
  const { href } = new URL("../../lib/experiment/process.ts", import.meta.url);
  const script = `import { runProcess } from "${href}";
    const order = { prompts: ["x"] };
    await runProcess(order, () => {}, undefined, 300).catch(({ message }) => console.log(message));`;
  Deno.writeTextFileSync(`${folder}/script.ts`, script);
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-read", "--allow-run=deno", "--allow-env", "script.ts"],
    cwd: folder,
    env: { PATH: `${folder}:${Deno.env.get("PATH")}` },
  }).output();
  assert.match(new TextDecoder().decode(stdout), /^The process said nothing for 300 ms/);
  assert.equal(code, 0);
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("runProcess() passes on what the process says went wrong", async () => {
  const folder = Deno.makeTempDirSync();
  const wrong = await order(folder);
  const refused = runProcess({ ...wrong, precision: "int3" }, () => {}, undefined);
  await assert.rejects(refused, (error) => {
    assert.ok(error instanceof InputError);
    assert.match(error.message, /int3/);
    return true;
  });
  const broken = { ...wrong, prompts: null } as never;
  await assert.rejects(runProcess(broken, () => {}, undefined), (error) => {
    assert.ok(error instanceof Error && !(error instanceof InputError));
    return true;
  });
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("experiment() refuses a database in memory and a model that is not there", async () => {
  const options = { source: "estimate", admission: false } as const;
  await assert.rejects(experiment("two", two, { ...options, database: ":memory:" }), /name a file/);
  const missing = { ...two, arms: { a: { model: "nowhere" } }, nullArm: true };
  await assert.rejects(experiment("two", missing, options), /Cannot find the model "nowhere"/);
});
