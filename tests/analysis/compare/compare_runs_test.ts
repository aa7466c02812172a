import assert from "node:assert/strict";
import { compareRuns, type RunRecord, scaling } from "../../../lib/analysis/mod.ts";
import { InputError } from "../../../lib/errors.ts";
import type { Finding, FindingKind } from "../../../lib/record.ts";
import { madeArm, madeRun } from "../made_runs.ts";
import { normals } from "../normals.ts";

const arm = (level: number, seed: number, more = {}) =>
  madeArm({
    processes: 6,
    prompts: 3,
    level,
    between: 0.01,
    within: 0.01,
    normal: normals(seed),
    ...more,
  });

Deno.test("compareRuns() finds a difference, with its ends, its test and its floor", () => {
  const found = compareRuns(arm(0.2, 1), arm(0.22, 2), { labels: ["fp32", "int8"] });
  assert.equal(found.outcome, "higher");
  assert.equal(found.scope, "machine");
  assert.equal(found.pairing.kind, "process");
  assert.deepEqual([found.pairing.count, found.pairing.sharedPrompts], [6, 3]);
  assert.ok(found.percent.low! < 10 && found.percent.high! > 10, found.verdict);
  assert.ok(found.floor.percent! > 0.5 && found.floor.percent! < 10);
  assert.match(
    found.verdict,
    /^Energy per token of int8 is \d+ % \([\d.]+ to [\d.]+ %\) higher than of fp32 \(paired t, p .*; floor [\d.]+ %\)$/,
  );
  const { ratio, percent, difference, a } = found;
  assert.ok(Math.abs(100 * (ratio.value - 1) - percent.value) < 1e-9);
  assert.ok(Math.abs(a.value.value * (ratio.value - 1) - difference.value) < 1e-3);
});

Deno.test("compareRuns() says that no difference can be seen, and between which ends it lies", () => {
  const found = compareRuns(arm(0.2, 3), arm(0.2, 4));
  assert.equal(found.outcome, "unclear");
  assert.match(found.verdict, /^No difference can be seen \(floor [\d.]+ %\); B ÷ A lies between/);
  assert.equal(found.percent.resolved, false);
});

Deno.test("compareRuns() says for how many processes it holds", () => {
  const few = compareRuns(arm(0.2, 1, { processes: 3 }), arm(0.3, 2, { processes: 3 }));
  assert.equal(few.scope, "process");
  assert.match(few.verdict, /; this process only$/);
  const unknown = compareRuns([madeRun(), madeRun()], [madeRun(), madeRun()]);
  assert.deepEqual([unknown.scope, unknown.a.processes], ["process", null]);
});

Deno.test("compareRuns() refuses runs of other machines and sources until that is accepted", () => {
  const [a, b] = [arm(0.2, 1), arm(0.2, 2, { hostname: "studio" })];
  assert.throws(() => compareRuns(a, b), (error) => {
    assert.ok(error instanceof InputError);
    assert.match(error.message, /they ran on mini \(Apple M4 Max\) and studio .*--accept host/);
    return true;
  });
  assert.match(compareRuns(a, b, { accept: ["host"] }).notes.join(), /Different machines/);
  const rapl = arm(0.2, 2, { source: "rapl" });
  assert.throws(() => compareRuns(a, rapl), /their power is .* or .*--accept source/);
  // Times do not come from a power source.
  assert.equal(compareRuns(a, rapl, { metric: "tokensPerSecond" }).outcome, "unclear");
});

Deno.test("compareRuns() finds what limits it: DRAM, cadence, estimates", () => {
  const moving = (bytesPerToken: number) => ({ details: { model: { bytesPerToken } } });
  const kinds = (a: object, b: object) =>
    compareRuns(arm(0.2, 1, a), arm(0.3, 2, b)).findings.map(({ kind }) => kind);
  assert.deepEqual(kinds(moving(4e6), moving(1e6)), ["dram-not-measured"]);
  assert.deepEqual(kinds(moving(4e6), moving(4.01e6)), []);
  const withDram = { totalRails: ["cpu", "dram"] };
  assert.deepEqual(kinds({ ...moving(4e6), ...withDram }, { ...moving(1e6), ...withDram }), []);
  assert.deepEqual(kinds({ model: { precision: "int8" } }, {}), ["dram-not-measured"]);
  assert.deepEqual(kinds({ intervalMs: 100 }, { intervalMs: 500 }), ["cadence"]);
  assert.deepEqual(kinds({ kind: "estimated" }, { kind: "estimated" }), ["estimated"]);
});

Deno.test("compareRuns() leaves out what is invalid or was not measured, and says so", () => {
  const invalid = [{
    kind: "lost-records" as const,
    severity: "invalid" as const,
    value: 1,
    unit: "records",
    message: "",
    remedy: "",
  }];
  const a = [...arm(0.2, 1), madeRun({ joules: 9, prompt: "prompt 0", pid: 1, findings: invalid })];
  const b = [...arm(0.2, 2), madeRun({ joules: null, pid: 2 })];
  const { notes, a: one, b: other } = compareRuns(a, b);
  assert.deepEqual([one.runs, other.runs], [18, 18]);
  assert.match(
    notes.join("; "),
    /1 of 19 runs of A left out as invalid; 1 of 19 runs of B have no/,
  );
  assert.throws(
    () => compareRuns([madeRun({ joules: null })], b),
    /Cannot compare energy per token: the run of A does not have it/,
  );
});

Deno.test("compareRuns() of two single runs goes by their intervals, or their draws", () => {
  const by = (half: number | null, joules = 0.21) =>
    compareRuns(madeRun({ joules: 0.2, half }), madeRun({ joules, half }));
  assert.deepEqual([by(0.01).outcome, by(0.01).basis], ["higher", "intervals"]);
  assert.equal(by(0.1).outcome, "unclear");
  const none = by(null);
  assert.deepEqual([none.test.p, none.percent.low, none.floor.percent], [null, null, null]);
  assert.match(none.verdict, /floor unknown/);
  const normal = normals(5);
  // What both err in alike is nothing to their difference.
  const latch = Array.from({ length: 256 }, () => 1 + 0.1 * normal());
  const drawn = (joules: number) => {
    const decodeMj = Float64Array.from(latch, (one) => joules * one * (1 + 0.002 * normal()));
    return madeRun({ joules, half: 0.2, draws: { decodeMj, prefillMj: null, energyMj: null } });
  };
  const [a, b] = [drawn(0.2), drawn(0.204)];
  const { basis, outcome, percent } = compareRuns(a, b);
  assert.deepEqual([basis, outcome], ["draws", "higher"]);
  assert.ok(percent.low! > 1 && percent.high! < 3);
  // Draws of the decode phase say nothing of other figures.
  assert.equal(compareRuns(a, b, { metric: "joulesPerPromptToken" }).basis, "intervals");
  assert.equal(compareRuns(a, b, { metric: "energyMj" }).basis, "intervals");
  // They are of two runs: of more, how much these differ says more.
  assert.equal(compareRuns(a, [b, drawn(0.2)]).basis, "intervals");
});

Deno.test("compareRuns() of two estimates goes by their limits, and has no p-value", () => {
  const of = (joules: number) => madeRun({ joules, half: 0.5, kind: "estimated" });
  const far = compareRuns(of(0.2), of(0.8));
  // At the wrong ends 0.4 stands against 0.3, at the right ones 1.2 against 0.1.
  assert.deepEqual([far.outcome, far.test.p, far.floor.percent], ["higher", null, null]);
  assert.ok(Math.abs(far.ratio.low! - 4 / 3) < 1e-9 && Math.abs(far.ratio.high! - 12) < 1e-9);
  assert.match(far.verdict, /\(hard limits; floor unknown\)/);
  assert.equal(compareRuns(of(0.2), of(0.5)).outcome, "unclear");
});

Deno.test("compareRuns() compares components by decoded token, where runs looked inside", () => {
  const of = (energyMj: number): RunRecord => {
    const part = {
      phase: "decode" as const,
      layer: null,
      component: "q_proj",
      durationMs: 5,
      share: 0.1,
      activation: null,
      rawMj: null,
      energyMj,
      lowMj: energyMj * 0.98,
      highMj: energyMj * 1.02,
      interval: "ci95" as const,
      method: "amplified" as const,
      resolved: true,
    };
    const inside = {
      depth: "component" as const,
      parts: [],
      components: [{ ...part, phase: "prefill" as const, energyMj: 1e6 }, part],
      layers: [],
      operations: [],
      twins: [],
      unsureRanks: [],
      notes: [],
      cells: null,
      deep: null,
    };
    return { ...madeRun(), inside };
  };
  const { percent, a, unit, verdict } = compareRuns(of(640), of(704), {
    metric: "component:q_proj",
  });
  assert.deepEqual([a.value.value.toFixed(6), unit], ["10.000000", "mJ"]);
  assert.ok(Math.abs(percent.value - 10) < 1e-9 && percent.resolved);
  assert.match(verdict, /^Energy of q_proj per token of B is 10 %/);
  assert.throws(() => compareRuns(of(1), of(2), { metric: "component:k_proj" }), InputError);
  // Of a batch of four texts with 65 tokens in all, each text's first is none of the decoded ones.
  const batch = of(610);
  const ofBatch = { ...batch, totals: { ...batch.totals!, decodedTokens: 61 } };
  const { b } = compareRuns(of(640), ofBatch, { metric: "component:q_proj" });
  assert.equal(b.value.value.toFixed(6), "10.000000");
});

Deno.test("compareRuns() pairs by prompt, and says where it cannot", () => {
  const [a, b] = [arm(0.2, 1), arm(0.22, 2)];
  // Prompts cost 22 % more from one to the third: unpaired, an arm without one would look cheap.
  const without = b.filter(({ prompt }) => prompt !== "prompt 0");
  const { percent, pairing } = compareRuns(a, without);
  assert.equal(pairing.sharedPrompts, 2);
  assert.ok(Math.abs(percent.value - 10) < 3, `${percent.value}`);
  const others = b.map((run) => ({ ...run, prompt: `other ${run.prompt}` }));
  const unpaired = compareRuns(a, others);
  assert.equal(unpaired.pairing.kind, "none");
  assert.match(unpaired.notes.join(), /No prompt in common/);
  assert.equal(unpaired.test.name, "Welch's t");
});

Deno.test("compareRuns() by blocks takes out what a block does to both arms", () => {
  const normal = normals(9);
  const heat = Array.from({ length: 8 }, () => 0.1 * normal());
  const of = (level: number) =>
    heat.map((warm, block) =>
      madeRun({ joules: level * Math.exp(warm + 0.002 * normal()), pid: block, prompt: "p" })
    );
  const [a, b] = [of(0.2), of(0.206)];
  const blocks = new Map([...a, ...b].map((run, at) => [run.runId, `${at % 8}`]));
  const blocked = compareRuns(a, b, { blockOf: ({ runId }) => blocks.get(runId) ?? null });
  assert.equal(blocked.pairing.kind, "block");
  assert.equal(blocked.outcome, "higher");
  assert.ok(blocked.percent.low! > 2 && blocked.percent.high! < 4);
});

Deno.test("compareRuns() sets arms against each other whole where one has more runs", () => {
  const slow = [1, 2, 3].map((pid) => madeRun({ pid, atMs: pid, tokensPerSecond: 10 }));
  const fast = madeRun({ pid: 9, atMs: 9, tokensPerSecond: 100 });
  const one = madeRun({ pid: 10, atMs: 10, tokensPerSecond: 100 });
  const { ratio, a, b, pairing } = compareRuns([...slow, fast], [one], {
    metric: "tokensPerSecond",
  });
  assert.equal(pairing.kind, "none");
  assert.ok(Math.abs(ratio.value - b.value.value / a.value.value) < 1e-9, `${ratio.value}`);
});

Deno.test("compareRuns() says that models or batch sizes are mixed", () => {
  const models = ["big", "small"].map((name) => madeRun({ model: { name } }));
  assert.ok(compareRuns(models, [madeRun()]).notes.includes("A holds several models: big, small"));
  assert.doesNotMatch(compareRuns(models[0]!, models[1]!).notes.join(), /several models/);
  const [a, b] = [1, 4].map((batchSize) => madeRun({ details: { batchSize } }));
  assert.ok(compareRuns(a!, b!).notes.includes("Batch sizes are mixed (1, 4)"));
  assert.deepEqual(compareRuns(a!, a!).notes.filter((note) => note.includes("atch")), []);
});

Deno.test("compareRuns() keeps the sign of an end that lies on the other side", () => {
  // All higher, so few signs are as one-sided; but one is so far off that Student's interval holds 0.
  const [a, b] = [[1, 1, 1, 1, 1, 1], [1.01, 1.01, 1.01, 1.01, 1.01, 1.6]].map((joules) =>
    joules.map((one, at) => madeRun({ joules: one, prompt: `${at}` }))
  );
  const { verdict, percent } = compareRuns(a!, b!, { test: "permutation" });
  assert.ok(percent.low! < 0);
  assert.match(verdict, /^Energy per token of B is 9\.\d % \(−\d+ to 3\d %\) higher than of A/);
});

Deno.test("scaling() and the others show a single run's own ends", () => {
  const one = madeRun({ joules: 0.2, half: 0.5, kind: "estimated" });
  const [point] = scaling([one]).points;
  assert.ok(Math.abs(point!.value.low! - 0.1) < 1e-9 && Math.abs(point!.value.high! - 0.3) < 1e-9);
});

Deno.test("compareRuns() says what the runs found about their own conditions", () => {
  const finding = (kind: FindingKind, value: number): Finding => ({
    kind,
    severity: "warning",
    value,
    unit: "%",
    message: `${kind} ${value}`,
    remedy: "run again",
  });
  const quiet = madeRun({ joules: 0.2 });
  const loaded = madeRun({
    joules: 0.4,
    findings: [finding("foreign-load", 80), finding("too-short", 8), finding("fused", 2)],
  });
  const found = compareRuns(quiet, loaded);
  assert.deepEqual(found.findings.map(({ message }) => message), [
    "1 of 2 runs, at worst: foreign-load 80",
    "1 of 2 runs, at worst: too-short 8",
  ]);
  assert.match(found.verdict, /; this process only; other programs ran$/);
  // How many records there were says nothing of how long it took.
  const { findings } = compareRuns(quiet, loaded, { metric: "tokensPerSecond" });
  assert.deepEqual(findings.map(({ kind }) => kind), ["foreign-load"]);
  assert.doesNotMatch(compareRuns(quiet, quiet).verdict, /other programs/);
});
