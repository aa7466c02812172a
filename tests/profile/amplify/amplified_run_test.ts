import assert from "node:assert/strict";
import { InputError } from "../../../lib/errors.ts";
import { buildModel, loadModel } from "../../../lib/model/mod.ts";
import { profile, type ProfileProgress, summarizeStored } from "../../../lib/profile/mod.ts";
import type { InsidePart, ProfilingRun } from "../../../lib/record.ts";
import { ProfileDatabase, rederiveRun } from "../../../lib/store/mod.ts";
import { SMALL, temporaryFolder } from "../../model/checkpoints.ts";
import { withStandIn } from "../../power/fixtures/stand_in.ts";
import { merged } from "../../model/taps_merged.ts";

const model = await loadModel("models/tinytales");
const QUICK = {
  baselineSeconds: 0.5,
  minSeconds: 0.5,
  warmup: 1,
  maxNewTokens: 12,
  intervalMs: 50,
  threads: 1,
};

function sum(parts: readonly InsidePart[]): number {
  return parts.reduce((total, { energyMj }) => total + (energyMj ?? NaN), 0);
}

/** Components, parts and layers still add up to their phase. */
function checkSums({ phases, inside }: ProfilingRun): void {
  assert.ok(inside);
  for (const { phase, energy } of phases) {
    const of = (parts: readonly InsidePart[]) => parts.filter((part) => part.phase === phase);
    if (of(inside.components).length === 0) continue;
    const wholeMj = energy.mj ?? NaN;
    for (const list of [inside.components, inside.parts]) {
      assert.ok(Math.abs(sum(of(list)) - wholeMj) <= 1e-9 * wholeMj, `${phase} ${sum(of(list))}`);
    }
    for (const layer of of(inside.layers)) {
      const own = of(inside.parts).filter((part) => part.layer === layer.layer);
      assert.ok(Math.abs(sum(own) - (layer.energyMj ?? NaN)) <= 1e-9 * wholeMj);
    }
  }
}

Deno.test("profile() amplifies a component: its loop's energy, stored, and made again bit for bit", async () => {
  using database = ProfileDatabase.open(":memory:");
  const seen: ProfileProgress[] = [];
  let run: ProfilingRun | null = null;
  await withStandIn("normal", async () => {
    run = await profile(model, "Once upon a time", {
      ...QUICK,
      source: "powermetrics",
      amplify: ["down_proj"],
      database,
      live: (progress) => seen.push(progress),
    });
  });
  checkAmplified(run!, seen);
  const { runId, inside } = run!;
  const stored = database.getRun(runId);
  assert.deepEqual(stored?.inside?.components, inside?.components);
  assert.deepEqual(stored?.inside?.amplified, inside?.amplified);
  const outcome = await rederiveRun(database, runId, summarizeStored);
  assert.deepEqual(outcome.changes, []);
  assert.equal(outcome.lacks, null);
});

/** Of a run with `down_proj` alone. */
function checkAmplified(run: ProfilingRun, seen: readonly ProfileProgress[]): void {
  assert.equal(run.status, "complete");
  const { inside } = run;
  assert.ok(inside);
  checkSums(run);
  for (const phase of ["prefill", "decode"]) {
    const rows: InsidePart[] = inside.components.filter((row) => row.phase === phase);
    const amplified = rows.filter(({ method }) => method === "amplified");
    assert.equal(amplified.map(({ component }) => component).join(), "down_proj");
    const [row] = amplified;
    assert.equal(row?.interval, "ci95");
    assert.equal(row?.energyMj, row?.rawMj, "not scaled, as others are not known");
    assert.ok(rows.every(({ method, rawMj }) => (method === "amplified") === (rawMj !== null)));
    assert.ok(rows.some(({ component }) => component === "other"), "the rest");
    const told = inside.amplified?.find((one) => one.phase === phase);
    assert.ok(told && !told.isComplete && !told.isScaled);
    assert.ok(told.capture !== null && told.capture.low <= told.capture.high);
  }
  const found = run.findings.filter(({ kind }) => kind === "capture-ratio");
  assert.equal(found.length, 2);
  assert.match(found[0]!.message, /the loops of down_proj hold .* of the (prefill|decode)/);

  // The stand-in has one frequency; on a machine that is busy no record may tell it (value 0).
  assert.ok(run.findings.every(({ kind, value }) => kind !== "frequency" || value === 0));

  const loops = seen.filter(({ stage }) => stage === "amplify");
  assert.ok(loops.length > 5, "it tells how far it is");
  assert.ok(loops[0]!.secondsLeft > loops.at(-1)!.secondsLeft);
}

Deno.test("profile() keeps what loops have told when it is stopped among them", async () => {
  const controller = new AbortController();
  let ready = NaN;
  const run = await profile(model, "Once upon a time", {
    ...QUICK,
    source: "estimate",
    amplify: ["down_proj", "q_proj"],
    signal: controller.signal,
    live: ({ stage, secondsLeft }) => {
      if (stage !== "amplify") return;
      if (Number.isNaN(ready)) ready = secondsLeft;
      // About half of the sweeps are over: each loop has run.
      else if (secondsLeft < ready * 0.35) controller.abort();
    },
  });
  assert.equal(run.status, "interrupted");
  assert.ok(Number(run.totals.energyMj) > 0);
  checkSums(run);
  const [decode] = run.inside!.components.filter(({ phase, component }) =>
    phase === "decode" && component === "down_proj"
  );
  assert.ok(Number(decode?.rawMj) > 0);
  assert.ok(run.inside!.amplified!.every(({ isComplete, isScaled }) => !isComplete && !isScaled));
});

Deno.test("profile() is interrupted, and has its energies, when it is stopped before loops run", async () => {
  const controller = new AbortController();
  const run = await profile(model, "Once upon a time", {
    ...QUICK,
    source: "estimate",
    amplify: "all",
    signal: controller.signal,
    live: ({ stage }) => stage === "amplify" && controller.abort(),
  });
  assert.equal(run.status, "interrupted");
  assert.ok(Number(run.totals.energyMj) > 0);
  assert.ok(run.inside && !run.inside.amplified?.some(({ isComplete }) => isComplete));
  checkSums(run);
});

Deno.test("profile() refuses components that a model has not before anything is measured", async () => {
  using database = ProfileDatabase.open(":memory:");
  await assert.rejects(
    profile(model, "Once", { source: "estimate", amplify: ["q_proj", "moe"], database }),
    (error) => error instanceof InputError && /"moe"; use one of .*down_proj/.test(error.message),
  );
  assert.equal(database.getRuns().length, 0);
});

Deno.test("profile() keeps a run whose components cannot be cut out, and says why", async () => {
  using folder = temporaryFolder();
  await buildModel(SMALL, { outDir: folder.path });
  const { onnxPath } = await loadModel(folder.path);
  Deno.writeFileSync(`${folder.path}/merged.onnx`, merged(onnxPath));
  const run = await profile(await loadModel(`${folder.path}/merged.onnx`), [1, 2, 3], {
    ...QUICK,
    source: "estimate",
    amplify: "all",
  });
  assert.equal(run.status, "complete");
  assert.ok(Number(run.totals.energyMj) > 0);
  const [finding] = run.findings.filter(({ kind }) => kind === "not-amplified");
  assert.match(finding?.message ?? "", /inside the branches of an If/);
  assert.equal(run.inside?.amplified, undefined);
});

for (
  const [name, amplify] of [["no names", []], ["all among names", ["q_proj", "all"]]] as const
) {
  Deno.test(`profile() refuses to amplify ${name}`, async () => {
    await assert.rejects(
      profile(model, "Once", { source: "estimate", amplify: [...amplify] }),
      (error) => error instanceof InputError && /pass components, or all/.test(error.message),
    );
  });
}
