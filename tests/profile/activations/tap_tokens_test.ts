import assert from "node:assert/strict";
import { InputError } from "../../../lib/errors.ts";
import { openSession } from "../../../lib/inference/mod.ts";
import { loadModel, type Model } from "../../../lib/model/mod.ts";
import {
  activationAt,
  activationOf,
  ActivationRecorder,
  type DeepColumns,
  deepFigures,
  expertChoices,
  tapTokens,
} from "../../../lib/profile/mod.ts";
import { SIGNATURES, tinyDecoder } from "../../fixtures/decoders/mod.ts";
import { temporaryFolder } from "../../model/checkpoints.ts";
import { sharedTest } from "../../model/shared_data.ts";

const IDS = [0, 625, 624, 18, 40, 7, 300, 12, 99];
const tinytales = await loadModel("models/tinytales");

function near(actual: number, expected: number, tolerance: number, what = ""): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what}: ${actual}, expected ${expected}`);
}

/** Statistics of all passes together, by the definitions. */
function plain(parts: readonly Float32Array[]) {
  const values = parts.flatMap((part) => [...part]);
  const mean = values.reduce((a, b) => a + b) / values.length;
  return {
    meanAbs: values.reduce((sum, x) => sum + Math.abs(x), 0) / values.length,
    std: Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length),
    maxAbs: values.reduce((max, x) => Math.max(max, Math.abs(x)), 0),
    sparsity: values.filter((x) => Math.abs(x) < 1e-4).length / values.length,
  };
}

Deno.test("tapTokens() gives the statistics of each component's values, token by token", async () => {
  const { activations, deep, notes, tokenMs, interrupted } = await tapTokens(tinytales, {
    ids: IDS,
    promptLength: 6,
    threads: 1,
  });
  assert.equal(activations.tokens, 3);
  assert.equal(tokenMs.length, 3);
  assert.equal(deep, null);
  assert.deepEqual(notes, []);
  assert.equal(interrupted, false);

  const recorder = new ActivationRecorder(tinytales);
  const passes: Map<string, Float32Array>[] = [];
  await using session = await openSession(recorder.model, { threads: 1 }, {
    ...recorder.instrumentation,
    onTaps: (tensors) =>
      passes.push(new Map([...tensors].map(([name, { data }]) => [name, data as Float32Array]))),
  });
  await session.extend(IDS.slice(0, 6));
  await session.extend([IDS[6]!]);
  await session.extend([IDS[7]!]);
  for (let token = 0; token < 3; token++) {
    for (const [i, { output, component }] of recorder.sites.entries()) {
      const found = activationOf(activations, token, i)!;
      const expected = plain([passes[token]!.get(output!)!]);
      for (const key of ["meanAbs", "std", "maxAbs", "sparsity"] as const) {
        near(found[key], expected[key], 1e-6 * (1 + expected[key]), `${component} ${key}`);
      }
    }
  }
});

Deno.test("ActivationRecorder gives a prompt one row, in one pass or in several", async () => {
  const whole = new ActivationRecorder(tinytales, { deep: true });
  const parts = new ActivationRecorder(tinytales, { deep: true });
  {
    await using session = await openSession(whole.model, { threads: 1 }, whole.instrumentation);
    await session.extend(IDS);
    whole.endToken();
  }
  {
    await using session = await openSession(parts.model, { threads: 1 }, parts.instrumentation);
    for (const id of IDS) await session.extend([id]);
    parts.endToken();
  }
  const [a, b] = [whole.activations(), parts.activations()];
  assert.equal(a.tokens, 1);
  assert.equal(b.tokens, 1);
  for (const key of ["meanAbs", "std", "maxAbs"] as const) {
    a[key].forEach((value, i) => near(b[key][i]!, value, 1e-4 * (1 + value), key));
  }
  const figures = (columns: DeepColumns | null) => [...deepFigures(columns!)];
  const second = figures(parts.deep());
  assert.ok(second.length > 100);
  for (const [i, figure] of figures(whole.deep()).entries()) {
    const { value, ...place } = figure;
    const { value: other, ...otherPlace } = second[i]!;
    assert.deepEqual(otherPlace, place);
    near(other, value, 2e-3 * (1 + Math.abs(value)), place.statistic);
  }
});

Deno.test("tapTokens() cuts a long prompt into passes and gives it one row", async () => {
  const ids = Array.from({ length: 240 }, (_, i) => (i * 37) % 1000);
  const recorder = new ActivationRecorder(tinytales);
  let passes = 0;
  {
    await using session = await openSession(
      recorder.model,
      { threads: 1 },
      recorder.instrumentation,
    );
    await session.extend(ids);
    recorder.endToken();
  }
  const { activations } = await tapTokens(tinytales, {
    ids,
    promptLength: ids.length,
    threads: 1,
    stopped: () => ++passes < 0, // asked before each pass
  });
  assert.ok(passes > 1);
  assert.equal(activations.tokens, 1);
  const whole = recorder.activations();
  for (const key of ["meanAbs", "std", "maxAbs"] as const) {
    whole[key].forEach((value, i) => near(activations[key][i]!, value, 1e-4 * (1 + value), key));
  }
});

Deno.test("ActivationRecorder starts over at an empty cache", async () => {
  const recorder = new ActivationRecorder(tinytales, { deep: true });
  await using session = await openSession(recorder.model, {}, recorder.instrumentation);
  for (let answer = 0; answer < 2; answer++) {
    session.reset();
    recorder.beginAnswer();
    await session.extend(IDS);
    recorder.endToken();
  }
  for (const { heads, sparsity, entropyNats } of recorder.deep()!.attention) {
    assert.deepEqual(sparsity.slice(heads), sparsity.slice(0, heads));
    assert.deepEqual(entropyNats.slice(heads), entropyNats.slice(0, heads));
  }
});

Deno.test("tapTokens() stops between passes with what there is", async () => {
  let asked = 0;
  const done: number[] = [];
  const { activations, interrupted } = await tapTokens(tinytales, {
    ids: IDS,
    promptLength: 4,
    stopped: () => asked++ === 2,
    onProgress: (tokens, total) => done.push(tokens / total),
  });
  assert.equal(interrupted, true);
  assert.equal(activations.tokens, 2);
  assert.deepEqual(done, [1 / 5, 2 / 5]);
});

Deno.test("tapTokens() refuses a threshold that is none and a prompt longer than the ids", async () => {
  for (const sparsityBelow of [0, -1, NaN]) {
    const options = { ids: IDS, promptLength: 2, sparsityBelow };
    await assert.rejects(tapTokens(tinytales, options), InputError);
  }
  for (const promptLength of [0, 10]) {
    await assert.rejects(tapTokens(tinytales, { ids: IDS, promptLength }), RangeError);
  }
});

Deno.test("tapTokens() takes a larger share for zero where the threshold is larger", async () => {
  const share = async (sparsityBelow: number) => {
    const options = { ids: IDS, promptLength: 6, sparsityBelow };
    const { activations } = await tapTokens(tinytales, options);
    return activationAt(activations, 0, 2, "activation")!.sparsity;
  };
  const [small, large] = [await share(1e-4), await share(1)];
  assert.ok(small < 0.2 && large > 0.8, `${small}, ${large}`);
});

Deno.test("activationAt() knows no other tokens, layers or components", async () => {
  const { activations } = await tapTokens(tinytales, { ids: IDS, promptLength: 8 });
  assert.notEqual(activationAt(activations, 0, null, "lm_head"), null);
  for (
    const [token, layer, component] of [[1, 0, "q_proj"], [-1, 0, "q_proj"], [0, 6, "q_proj"], [
      0,
      0,
      "experts",
    ]] as const
  ) assert.equal(activationAt(activations, token, layer, component), null);
});

Deno.test("tapTokens() in depth agrees with plain arithmetic over the same tensors", async () => {
  const recorder = new ActivationRecorder(tinytales);
  const gates: Float32Array[] = [];
  const site = recorder.sites.find((s) => s.layer === 2 && s.component === "gate_proj")!;
  await using session = await openSession(recorder.model, { threads: 1 }, {
    ...recorder.instrumentation,
    onTaps: (tensors) => gates.push(tensors.get(site.output!)!.data as Float32Array),
  });
  await session.extend(IDS.slice(0, 6));
  await session.extend([IDS[6]!]);

  const { deep } = await tapTokens(tinytales, {
    ids: IDS,
    promptLength: 6,
    threads: 1,
    deep: true,
  });
  const { killRatio } = deep!.gates[2]!;
  for (const [token, values] of gates.entries()) {
    near(killRatio[token]!, values.filter((x) => x <= 0).length / values.length, 1e-7);
  }
  for (const { heads, entropyNats, largestWeight } of deep!.attention) {
    assert.equal(heads, 6);
    assert.equal(entropyNats.length, 3 * 6);
    entropyNats.forEach((nats, i) => {
      const visible = i < heads ? 6 : 6 + Math.floor(i / heads);
      assert.ok(nats >= 0 && nats <= Math.log(visible) + 1e-6);
      assert.ok(largestWeight[i]! >= 1 / visible && largestWeight[i]! <= 1 + 1e-6);
    });
  }
  const norm = deep!.norms.find((n) => n.layer === null)!;
  assert.equal(norm.component, "final_norm");
  assert.ok(norm.inputVariance.every((v) => v > 0) && norm.outputVariance.every((v) => v > 0));
});

/** Deep metrics of a decoder with this signature. */
async function attentionOf(folder: string, name: string): Promise<DeepColumns["attention"]> {
  const path = `${folder}/decoder.onnx`;
  await Deno.writeFile(path, tinyDecoder(SIGNATURES[name]!.signature));
  const model: Model = await loadModel(path);
  const { deep } = await tapTokens(model, {
    ids: [1, 2, 3, 4, 5, 6, 7],
    promptLength: 4,
    deep: true,
  });
  return deep!.attention;
}

for (
  const [one, other] of [
    ["neither mask nor positions", "GroupQueryAttention, growing"],
    ["neither mask nor positions", "GroupQueryAttention on a shared buffer"],
    ["neither mask nor positions", "merged decoder"],
    ["neither mask nor positions", "static cache of fixed length"],
    ["neither mask nor positions", "BLOOM, batch and heads in one axis"],
    ["a window in its mask", "GroupQueryAttention with a window"],
  ] as const
) {
  Deno.test(`tapTokens() sees the same attention in "${other}" as in "${one}"`, async () => {
    using folder = temporaryFolder();
    const expected = await attentionOf(folder.path, one);
    const found = await attentionOf(folder.path, other);
    assert.equal(expected.length, 2);
    assert.equal(found.length, 2);
    for (const [layer, { heads, reason, ...columns }] of found.entries()) {
      assert.equal(heads, 2);
      assert.equal(reason, null);
      assert.ok(columns.entropyNats.length === 6 && columns.entropyNats.some((x) => x > 0.1));
      for (const key of ["entropyNats", "largestWeight", "sparsity"] as const) {
        columns[key].forEach((value, i) => near(value, expected[layer]![key][i]!, 1e-4, key));
      }
    }
  });
}

sharedTest("tapTokens() sees whom Mixtral's routers choose", "optimum-mixtral", async (path) => {
  const model = await loadModel(`${path}/model.onnx`);
  const { deep, activations } = await tapTokens(model, {
    ids: IDS.map((id) => id % 500),
    promptLength: 6,
    deep: true,
  });
  assert.equal(deep!.routing.length, 2);
  for (const { layer, experts, entropyNats } of deep!.routing) {
    assert.equal(experts, 4);
    const choices = [...expertChoices(deep!)].filter((choice) => choice.layer === layer);
    for (let token = 0; token < 3; token++) {
      const positions = token === 0 ? 6 : 1;
      const mine = choices.filter((choice) => choice.tokenIndex === token);
      assert.equal(mine.reduce((sum, choice) => sum + choice.positions, 0), 2 * positions);
      // Of two experts a position, with weights that add up to 1.
      near(mine.reduce((sum, choice) => sum + choice.weight!, 0), positions, 1e-5);
      assert.ok(entropyNats[token]! > 0 && entropyNats[token]! <= Math.log(4) + 1e-6);
    }
    assert.ok(activationAt(activations, 1, layer, "experts")!.meanAbs > 0);
    assert.ok(activationAt(activations, 1, layer, "router")!.meanAbs > 0);
  }
});

sharedTest("tapTokens() says what fused operations hide or change", "genai-gpt2", async (path) => {
  const model = await loadModel(`${path}/past.onnx`);
  const { notes, deep } = await tapTokens(model, { ids: [1, 2, 3], promptLength: 2, deep: true });
  assert.ok(notes.some((note) => /^Attention weights are not available.*layers 0 to 4/.test(note)));
  assert.ok(notes.some((note) => /^Activations of qkv_proj are not available/.test(note)));
  assert.ok(deep!.attention.every(({ heads, entropyNats }) => heads === 0 && !entropyNats.length));
  assert.ok(deep!.gates.every(({ killRatio }) => killRatio[0]! > 0 && killRatio[0]! < 1));
});

sharedTest("tapTokens() lists the fusions that taps prevent", "optimum-gpt_neox", async (path) => {
  const model = await loadModel(`${path}/model.onnx`);
  const { notes } = await tapTokens(model, { ids: [1, 2, 3], promptLength: 2, deep: true });
  assert.ok(notes.includes("With taps the runtime executes 0 BiasGelu instead of 2"), `${notes}`);
});
