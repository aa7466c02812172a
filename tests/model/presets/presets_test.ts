import assert from "node:assert/strict";
import { InputError } from "../../../lib/errors.ts";
import {
  buildModel,
  findPreset,
  loadModel,
  modelSize,
  parameterCount,
  presetConfig,
  PRESETS,
} from "../../../lib/model/mod.ts";
import { temporaryFolder } from "../checkpoints.ts";

for (const { name, config, parameters } of PRESETS) {
  Deno.test(`PRESETS has as many parameters as are published: ${name}`, () => {
    assert.equal(parameterCount(config), parameters);
  });
}

Deno.test("PRESETS are called differently and come from ten families", () => {
  assert.equal(new Set(PRESETS.map(({ name }) => name)).size, PRESETS.length);
  assert.equal(new Set(PRESETS.map(({ id }) => id)).size, PRESETS.length);
  assert.equal(new Set(PRESETS.map(({ config }) => config.model_type)).size, 10);
});

Deno.test("modelSize() gives a quarter of fp32's bytes at int8 and less at int4, where matrices are most", () => {
  const { config, parameters } = findPreset("llama-3.1-8b");
  const bytes = (options: Parameters<typeof modelSize>[1]) =>
    modelSize(config, options).weightBytes;
  const embedding = 128_256 * 4096;
  const matrices = parameters - embedding - 65 * 4096; // norms
  assert.equal(bytes({}), 4 * parameters);
  assert.equal(bytes({ precision: "fp16" }), 2 * parameters);
  assert.equal(bytes({ precision: "int8" }), 4 * (parameters - matrices) + matrices + 5 * 225);
  assert.equal(
    bytes({ precision: "int4", activations: "fp16" }),
    2 * (parameters - matrices) + matrices / 2 + 2 * matrices / 32,
  );
  assert.equal(
    bytes({ precision: "int4", blockSize: 128, symmetric: false }),
    4 * (parameters - matrices) + matrices / 2 + 4.5 * matrices / 128,
  );
});

Deno.test("findPreset() takes any case and the hub's id", () => {
  assert.equal(findPreset("LLaMA-3.2-1B").name, "llama-3.2-1b");
  assert.equal(findPreset("Qwen/Qwen3-0.6B").name, "qwen3-0.6b");
});

Deno.test("findPreset() says what was meant, and what there is", () => {
  const refusal = (name: string) => {
    try {
      findPreset(name);
    } catch (error) {
      assert.ok(error instanceof InputError);
      return error.message;
    }
    throw new Error(`${name} is a preset`);
  };
  assert.match(
    refusal("llama-3.2-1"),
    /"llama-3.2-1"; did you mean "llama-3.2-1b"\? There are gpt2,/,
  );
  assert.match(refusal("mistal7b"), /did you mean "mistral-7b"/);
  assert.match(refusal("lama"), /did you mean "llama-3.2-1b"/);
  assert.match(refusal("nothing like it"), /use one of gpt2, .*, gemma-2-2b/);
  assert.ok(refusal("x".repeat(1e6)).length < 1000);
});

Deno.test("presetConfig() keeps all but the layers that are left out", () => {
  for (const { name, parameters } of PRESETS) {
    const [one, two] = [1, 2].map((layers) => parameterCount(presetConfig(name, layers)));
    const { n_layer, num_hidden_layers } = presetConfig(name);
    const layers = Number(n_layer ?? num_hidden_layers);
    assert.equal(one! + (layers - 1) * (two! - one!), parameters, name);
  }
  assert.throws(() => presetConfig("gpt2", 13), /gpt2 with 13 layers; it has 12: use 1 to 12/);
  assert.throws(() => presetConfig("gpt2", 1.5), InputError);
});

Deno.test("buildModel() builds a preset in part, for any text", async () => {
  using folder = temporaryFolder();
  const config = presetConfig("smollm2-135m", 1);
  const built = await buildModel(config, { outDir: `${folder.path}/m`, precision: "int4" });
  const { features, architecture, tokenizer } = await loadModel(built.path);
  assert.equal(built.parameters, parameterCount(config));
  assert.equal(features.parameters, built.parameters);
  assert.deepEqual([features.precision, features.blockSize], ["int4", 32]);
  assert.deepEqual([architecture.numLayers, architecture.coverage], [1, 1]);
  assert.equal(built.weightBytes, modelSize(config, { precision: "int4" }).weightBytes);
  assert.equal(tokenizer.decode(tokenizer.encode("Any text ✓")), "Any text ✓");
});
