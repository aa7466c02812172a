import assert from "node:assert/strict";
import { InputError } from "../../../lib/errors.ts";
import { buildModel, loadModel } from "../../../lib/model/mod.ts";
import { onGrid } from "../../../lib/profile/layers/deal.ts";
import { type InsideTimes, profileTokens, timingsOf } from "../../../lib/profile/mod.ts";
import { SMALL, temporaryFolder } from "../../model/checkpoints.ts";
import { sharedTest } from "../../model/shared_data.ts";

const model = await loadModel("models/tinytales");
const PROMPT = model.tokenizer.encode("Once upon a time");
const IDS = [...PROMPT, ...model.tokenizer.encode(" there was a brave little fox")];
const TOKENS = IDS.length - PROMPT.length;

/** All that must hold of any result. */
function assertWhole({ places, operations, tokens, durationMs, componentMs, phases }: InsideTimes) {
  const width = places.length;
  assert.equal(componentMs.length, tokens * width);
  for (let token = 0; token < tokens; token++) {
    const row = componentMs.subarray(token * width, (token + 1) * width);
    assert.ok(row.every((ms) => ms >= 0));
    assert.equal(row.reduce((sum, ms) => sum + ms, 0), durationMs[token]);
  }
  assert.equal(
    phases.reduce((sum, phase) => sum + phase.durationMs, 0),
    durationMs.reduce((sum, ms) => sum + ms, 0),
  );
  for (const phase of phases) {
    assert.equal(phase.componentMs.reduce((sum, ms) => sum + ms, 0), phase.durationMs);
    const byPlace = new Map<string, number>();
    const keyOf = (place: object) => JSON.stringify(place);
    operations.forEach(({ place }, i) =>
      byPlace.set(keyOf(place), (byPlace.get(keyOf(place)) ?? 0) + phase.operationMs[i]!)
    );
    places.slice(0, -3).forEach((place, i) => {
      const ms = phase.componentMs[i]!;
      assert.ok(Math.abs(byPlace.get(keyOf(place))! - ms) <= 1e-9 + 1e-9 * ms, keyOf(place));
    });
    assert.ok(phase.coverage >= 0 && phase.coverage <= 1);
  }
}

Deno.test("profileTokens() deals its own times where no clean ones are known", async () => {
  const times = await profileTokens(model, { ids: IDS, promptLength: PROMPT.length, threads: 1 });
  assertWhole(times);
  assert.equal(times.tokens, TOKENS);
  assert.deepEqual(times.phases.map(({ phase }) => phase), ["prefill", "decode"]);
  assert.equal(times.events, (TOKENS + 2) * 273);
  const rows = timingsOf(times);
  assert.equal(rows.length, TOKENS * times.places.length);
  assert.equal(rows.at(-1)!.tokenIndex, TOKENS - 1);
});

Deno.test("profileTokens() scales every token to its clean time", async () => {
  const clean = Array.from(
    { length: TOKENS },
    (_, i) => ({ durationMs: i === 0 ? 2.5 : 0.9 + i / 7, samplingMs: 0.125 }),
  );
  const times = await profileTokens(model, { ids: IDS, promptLength: PROMPT.length, clean });
  assertWhole(times);
  assert.deepEqual([...times.durationMs], clean.map(({ durationMs }) => onGrid(durationMs)));
  const sampling = times.places.findIndex(({ component }) => component === "sampling");
  assert.equal(times.componentMs[sampling], 0.125);
  assert.ok(times.phases.every(({ overhead }) => overhead! > 0));
});

Deno.test("profileTokens() gives the same tokens in chunks of prompt and of profile", async () => {
  const progress: number[] = [];
  const times = await profileTokens(model, {
    ids: IDS,
    promptLength: PROMPT.length,
    prefillChunk: 2,
    chunkEvents: 1000,
    onProgress: (done, total) => progress.push(done / total),
  });
  assertWhole(times);
  assert.equal(times.tokens, TOKENS);
  assert.equal(progress.at(-1), 1);
});

Deno.test("profileTokens() stops when told to, with the tokens so far", async () => {
  let done = 0;
  const options = { ids: IDS, promptLength: PROMPT.length };
  const times = await profileTokens(model, {
    ...options,
    stopped: () => done >= 3,
    onProgress: (count) => done = count,
  });
  assert.equal(times.tokens, 3);
  assertWhole(times);
  const nothing = await profileTokens(model, { ...options, stopped: () => true });
  assert.equal(nothing.tokens, 0);
  assert.deepEqual(nothing.phases, []);
});

Deno.test("profileTokens() refuses ids without a prompt", async () => {
  for (const promptLength of [0, 99]) {
    await assert.rejects(profileTokens(model, { ids: IDS, promptLength }), InputError);
  }
});

Deno.test("profileTokens() crosses threads", async () => {
  const times = await profileTokens(model, { ids: PROMPT, promptLength: PROMPT.length });
  assert.equal(times.tokens, 1);
  assert.deepEqual(structuredClone(times), times);
});

const LEVELS = ["disabled", "basic", "extended", "all"] as const;

/** Nothing is without a name, and the share of what has none is at most 5 % of any phase. */
async function assertPlaced(path: string): Promise<void> {
  const model = await loadModel(path);
  const ids = [3, 5, 7, 9, 4, 6, 8];
  for (const optimization of LEVELS) {
    const times = await profileTokens(model, { ids, promptLength: 4, optimization, threads: 1 });
    assertWhole(times);
    for (const { phase, coverage, durationMs, componentMs } of times.phases) {
      const other = times.places.reduce(
        (sum, { component }, i) => sum + (component === "other" ? componentMs[i]! : 0),
        0,
      );
      assert.ok(other <= 0.05 * durationMs, `${phase}, ${optimization}: ${other / durationMs}`);
      assert.ok(coverage >= 0.95, `${phase}, ${optimization}: coverage ${coverage}`);
    }
    const layers = new Set(times.places.map(({ layer }) => layer));
    assert.equal(layers.size, model.architecture.numLayers + 1, optimization);
    assert.ok(times.places.some(({ component }) => component === "lm_head"), optimization);
  }
}

for (const precision of ["fp32", "fp16"] as const) {
  Deno.test(`Every event of a built ${precision} model lands somewhere, at all levels`, async () => {
    using folder = temporaryFolder();
    const { onnxPath } = await buildModel(SMALL, { outDir: `${folder.path}/m`, precision });
    await assertPlaced(onnxPath);
  });
}

for (
  const [folder, file] of [
    ["genai-gpt2", "past.onnx"],
    ["genai-llama-fp16", "model.onnx"],
    ["optimum-gpt2", "model.onnx"],
    ["optimum-gpt2-merged", "decoder_model_merged.onnx"],
    ["optimum-gpt_neox", "model.onnx"],
    ["optimum-llama", "model.onnx"],
    ["optimum-mixtral", "model.onnx"],
    ["optimum-opt", "model.onnx"],
    ["optimum-phi", "model.onnx"],
    ["optimum-phi3", "model.onnx"],
    ["optimum-qwen2", "model.onnx"],
  ] as const
) {
  sharedTest(
    `Every event of ${folder} lands somewhere, at all levels`,
    folder,
    (path) => assertPlaced(`${path}/${file}`),
  );
}
