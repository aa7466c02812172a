import assert from "node:assert/strict";
import { InputError } from "../../lib/errors.ts";
import { loadModel } from "../../lib/model/mod.ts";
import { profile } from "../../lib/profile/mod.ts";
import type { ProfilingRun, RunInside } from "../../lib/record.ts";
import { ProfileDatabase } from "../../lib/store/mod.ts";
import { withStandIn } from "../power/fixtures/stand_in.ts";

const model = await loadModel("models/tinytales");
const QUICK = { baselineSeconds: 0.5, minSeconds: 0.5, warmup: 1, maxNewTokens: 12 };

function near(a: number, b: number, what: string): void {
  assert.ok(
    Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b), 1e-9),
    `${what}: ${a} ${b}`,
  );
}

function sum(values: Iterable<number | null | undefined>): number {
  let total = 0;
  for (const value of values) total += value ?? NaN;
  return total;
}

/** Parts, components, layers and tokens of a run add up, in time and in energy. */
function checkSums(run: ProfilingRun, inside: RunInside): void {
  for (const name of ["prefill", "decode"] as const) {
    const phase = run.phases.find((one) => one.phase === name);
    assert.ok(phase);
    const parts = inside.parts.filter((part) => part.phase === name);
    for (const list of [parts, inside.components.filter((part) => part.phase === name)]) {
      near(sum(list.map(({ durationMs }) => durationMs)), phase.durationMs, `${name}, time`);
      near(sum(list.map(({ energyMj }) => energyMj)), phase.energy.mj ?? NaN, `${name}, energy`);
      near(sum(list.map(({ share }) => share)), 1, `${name}, shares`);
    }
    for (const layer of inside.layers.filter((one) => one.phase === name)) {
      const own = parts.filter((part) => part.layer === layer.layer);
      near(sum(own.map(({ energyMj }) => energyMj)), layer.energyMj ?? NaN, "layer, energy");
    }
  }
  for (const { energyMj, lowMj, highMj, resolved } of inside.parts) {
    assert.ok(Number(lowMj) <= Number(energyMj) && Number(energyMj) <= Number(highMj));
    assert.equal(resolved, false, "a share of time is never resolved");
  }
  const { cells } = inside;
  assert.ok(cells);
  for (const token of run.tokens) {
    const row = cells.energyMj.subarray(
      token.index * cells.places.length,
      (token.index + 1) * cells.places.length,
    );
    near(sum(row), token.energyMj ?? NaN, `token ${token.index}`);
  }
}

Deno.test("profile() at depth operation tells layers, components and operations that add up", async () => {
  using database = ProfileDatabase.open(":memory:");
  const run = await profile(model, "Once upon a time", {
    ...QUICK,
    source: "estimate",
    activations: "deep",
    database,
  });
  const { inside } = run;
  assert.ok(inside);
  assert.equal(inside.depth, "operation");
  checkSums(run, inside);
  assert.deepEqual([...new Set(inside.layers.map(({ layer }) => layer))], [0, 1, 2, 3, 4, 5]);
  for (const { phase, coverage, timing, activations } of inside.twins) {
    assert.ok(coverage > 0.95, `${phase}: ${coverage}`);
    assert.ok(Number(timing) > 0 && Number(activations) > 0);
  }

  for (const part of inside.parts) {
    const own = inside.operations.filter((one) =>
      one.phase === part.phase && one.layer === part.layer && one.component === part.component
    );
    if (own.length > 0) {
      near(sum(own.map(({ energyMj }) => energyMj)), part.energyMj ?? NaN, part.component);
    }
  }
  const gate = inside.parts.find(({ layer, component, phase }) =>
    layer === 2 && component === "gate_proj" && phase === "decode"
  );
  assert.ok(Number(gate?.activation?.std) > 0);
  assert.equal(inside.deep?.tokens, run.tokens.length);

  const rows = database.getComponentMetrics(run.runId);
  const [first] = run.trace.tokens.filter(({ repetition, index }) =>
    repetition === 0 && index === 3
  );
  const ofToken = rows.filter(({ tokenIndex }) => tokenIndex === 3);
  const rounding = 1e-6 * ofToken.length;
  const stored = (pick: (row: typeof rows[number]) => number | null) => sum(ofToken.map(pick));
  assert.ok(
    Math.abs(stored((row) => row.energyMj) - (first?.energyMj ?? NaN)) <= rounding,
    "rows of a token add up to the token that is stored",
  );
  assert.ok(
    Math.abs(stored((row) => row.durationMs) - (first!.endMs - first!.startMs)) <= rounding + 1e-3,
  );
  assert.equal(database.getLayerMetrics(run.runId).length, 6 * run.tokens.length);
  const again = database.getRun(run.runId);
  assert.deepEqual(again?.inside?.components, inside.components);
  assert.equal(again?.inside?.cells, null);
  assert.deepEqual(again?.latency, run.latency);
});

Deno.test("profile() tells times inside, and no energy, where none was measured", async () => {
  await withStandIn("dies", async () => {
    const run = await profile(model, "Once", {
      ...QUICK,
      source: "powermetrics",
      depth: "component",
    });
    assert.ok(run.inside);
    for (const part of run.inside.parts) {
      assert.deepEqual([part.energyMj, part.lowMj, part.method], [null, null, null]);
    }
    assert.ok(sum(run.inside.parts.map(({ durationMs }) => durationMs)) > 0);
    assert.equal(run.inside.operations.length, 0);
  });
});

Deno.test("profile() keeps what was measured when it is stopped while a twin runs", async () => {
  const controller = new AbortController();
  const run = await profile(model, "Once upon a time", {
    ...QUICK,
    source: "estimate",
    depth: "component",
    signal: controller.signal,
    live: ({ stage }) => stage === "explain" && controller.abort(),
  });
  assert.equal(run.status, "interrupted");
  assert.ok(run.measured.repetitions > 0 && Number(run.totals.energyMj) > 0);
});

Deno.test("profile() leaves the inside alone at depth token", async () => {
  const run = await profile(model, "Once", { ...QUICK, source: "estimate" });
  assert.equal(run.inside, null);
});

Deno.test("profile() takes ids, for models that know no text", async () => {
  const ids = model.tokenizer.encode("Once upon a time");
  const silent = { ...model, tokenizer: { ...model.tokenizer, decode: () => "" } };
  const run = await profile(silent, ids, { ...QUICK, source: "estimate" });
  assert.equal(run.prompt, ids.join(" "));
  assert.equal(run.totals.promptTokens, ids.length);
  const text = await profile(model, "Once upon a time", { ...QUICK, source: "estimate" });
  assert.deepEqual(run.tokens.map(({ id }) => id), text.tokens.map(({ id }) => id));
});

for (
  const [name, options] of Object.entries({
    "depth layer": { depth: "layer" as never },
    "activations at depth token": { depth: "token" as const, activations: true },
    "sparsityBelow -1": { depth: "component" as const, sparsityBelow: -1 },
  })
) {
  Deno.test(`profile() refuses ${name}`, async () => {
    await assert.rejects(
      profile(model, "Once", { source: "estimate", ...options }),
      (error) => error instanceof InputError && error.message.includes(name),
    );
  });
}
