import assert from "node:assert/strict";
import { join } from "node:path";
import { ProfileDatabase } from "../../lib/store/mod.ts";
import { gitCommit } from "../../lib/store/provenance.ts";
import { sampleRun } from "../fixtures/run.ts";
import { headerOf, query, scratch, store } from "./scene.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";

Deno.test("a run keeps its circumstances, and what finishRun knows of them later", () => {
  using scene = scratch();
  using database = ProfileDatabase.open(scene.path);
  const run = sampleRun();
  const runId = database.createRun(headerOf(run, {
    details: {
      engine: "ort-node",
      batchSize: 1,
      model: { hash: "sha256:ab", numHeads: 8, parametersByPart: { mlp: 7, attention: 3 } },
    },
  }));
  const before = database.getRuns()[0]!.details;
  assert.deepEqual([before.engine, before.batchSize, before.kvCacheBytes], ["ort-node", 1, null]);
  assert.deepEqual(before.model!.parametersByPart, { mlp: 7, attention: 3 });
  assert.deepEqual([before.model!.hash, before.model!.headDim], ["sha256:ab", null]);
  const config = JSON.parse(Deno.readTextFileSync(new URL("../../deno.json", import.meta.url)));
  assert.equal(before.toolVersion, config.version);

  const details = { kvCacheBytes: 4096, osBuild: "24G517" };
  database.finishRun(runId, { status: "complete", result: run, details });
  const after = database.getRun(runId)!.details;
  assert.deepEqual(after, { ...before, ...details });
  const [row] = query(scene.path, "SELECT engine, kv_cache_bytes, os_build FROM profiling_runs");
  assert.deepEqual(row, { engine: "ort-node", kv_cache_bytes: 4096, os_build: "24G517" });
});

Deno.test("a run's figures follow from its trace", () => {
  using database = ProfileDatabase.open(":memory:");
  const run = sampleRun();
  const { figures } = database.getRun(store(database, run))!;
  const steps = run.trace.tokens.filter((token) => token.phase === "decode")
    .map((token) => token.endMs - token.startMs).sort((a, b) => a - b);
  assert.equal(figures!.edpJs, run.totals.energyMj! * run.totals.durationMs / 1e6);
  assert.ok(figures!.tokenP50Ms! >= steps[Math.floor((steps.length - 1) / 2)]!);
  assert.ok(figures!.tokenP95Ms! > figures!.tokenP50Ms!);
  assert.ok(figures!.tokenP99Ms! > figures!.tokenP95Ms! && figures!.tokenP99Ms! <= steps.at(-1)!);
  assert.ok(figures!.cadenceMs! > 100 && figures!.cadenceMs! < 110);
  assert.deepEqual(Object.keys(figures!.peakMwByRail), run.power.rails);
  assert.ok(figures!.peakMwByRail.gpu! > 8000 && figures!.peakMwByRail.gpu! < 15_000);
});

Deno.test("what a result will know one day, and has no column, comes back", () => {
  using database = ProfileDatabase.open(":memory:");
  const plain = sampleRun();
  const run = {
    ...plain,
    layers: [{ layer: 0, energyMj: 3 }],
    totals: { ...plain.totals, carbonMg: 2 },
    model: { ...plain.model, quantizer: "awq" },
  };
  const back = database.getRun(store(database, run))! as unknown as typeof run;
  assert.deepEqual(back.layers, run.layers);
  assert.deepEqual(back.totals, run.totals);
  assert.deepEqual(back.model, run.model);
});

Deno.test("the deep level is kept by token, layer and head", () => {
  using database = ProfileDatabase.open(":memory:");
  const runId = store(database);
  const at = { tokenIndex: 1, repetition: 0 };
  const statistics = [
    { ...at, layer: 3, statistic: "attention_entropy", head: 0, value: 1.5 },
    { ...at, layer: 3, statistic: "attention_entropy", head: 1, value: 0.25 },
    { ...at, layer: 3, statistic: "mlp_kill_ratio", head: null, value: 0.125 },
    { ...at, layer: null, statistic: "norm_variance_ratio", head: null, value: 2 },
  ];
  database.addDeepStatistics(runId, [{ ...statistics[0]!, value: 9 }]);
  database.addDeepStatistics(runId, statistics);
  assert.deepEqual(database.getDeepStatistics(runId), statistics);
  const experts = [
    { ...at, layer: 0, expert: 2, weight: 0.75, positions: 1 },
    { ...at, layer: 0, expert: 5, weight: null, positions: 3 },
  ];
  database.addMoeExpertActivations(runId, experts);
  assert.deepEqual(database.getMoeExpertActivations(runId), experts);
  const operation = {
    ...at,
    layer: 3,
    component: "q_proj",
    operation: "/q/MatMul",
    opType: "MatMul",
    durationMs: 0.5,
    energyMj: null,
  };
  database.addDeepOperationMetrics(runId, [operation]);
  assert.deepEqual(database.getDeepOperationMetrics(runId), [operation]);
  assert.throws(
    () => database.addDeepStatistics(runId, [{ ...statistics[0]!, value: NaN }]),
    /NaN as attention_entropy: not a finite number/,
  );
  assert.throws(
    () => database.addMoeExpertActivations(runId, [{ ...experts[0]!, tokenIndex: 99 }]),
    /no such token/,
  );
});

Deno.test("batches that fill several statements, and their rests, all arrive in order", () => {
  using database = ProfileDatabase.open(":memory:");
  for (const count of [1, 19, 20, 21, 61]) {
    const run = sampleRun({ tokens: 1 });
    const runId = database.createRun(headerOf(run));
    const tokens = Array.from(
      { length: count },
      (_, index) => ({ ...run.trace.tokens[0]!, index }),
    );
    database.addTokens(runId, tokens);
    assert.deepEqual(database.getTokens(runId).map((t) => t.index), tokens.map((t) => t.index));
  }
});

Deno.test("gitCommit() reads a branch, packed branches, a detached head and a worktree", () => {
  using scene = scratch();
  const put = (path: string, text: string) => {
    Deno.mkdirSync(join(scene.folder, path, ".."), { recursive: true });
    Deno.writeTextFileSync(join(scene.folder, path), text);
  };
  const inside = join(scene.folder, "src");
  Deno.mkdirSync(inside);
  put(".git/HEAD", "ref: refs/heads/main\n");
  assert.equal(gitCommit(inside), null);
  put(".git/packed-refs", `# pack-refs\n${COMMIT.replace("0", "f")} refs/heads/main\n`);
  assert.equal(gitCommit(inside), COMMIT.replace("0", "f"));
  put(".git/refs/heads/main", `${COMMIT}\n`);
  assert.equal(gitCommit(inside), COMMIT);
  put(".git/HEAD", "../../../etc/passwd\n");
  assert.equal(gitCommit(inside), null);
  put(".git/worktrees/w/HEAD", "ref: refs/heads/main\n");
  put(".git/worktrees/w/commondir", "../..\n");
  put("w/.git", `gitdir: ${join(scene.folder, ".git/worktrees/w")}\n`);
  assert.equal(gitCommit(join(scene.folder, "w")), COMMIT);
  put(".git/HEAD", COMMIT);
  assert.equal(gitCommit(inside), COMMIT);
});
