import assert from "node:assert/strict";
import { openSession } from "../../../lib/inference/mod.ts";
import { buildModel, type DecoderConfig, loadModel, type Model } from "../../../lib/model/mod.ts";
import { readOnnx } from "../../../lib/model/onnx_reader.ts";
import { safetensors, temporaryFolder } from "../checkpoints.ts";
import { FAMILY_FIXTURES, type FamilyFixture, familyWeights } from "./families.ts";

async function build(
  folder: string,
  fixture: FamilyFixture,
  precision: "fp32" | "fp16" = "fp32",
): Promise<Model> {
  const weights = `${folder}/model.safetensors`;
  await Deno.writeFile(weights, safetensors(familyWeights(fixture), "F32"));
  const { onnxPath } = await buildModel(fixture.config, {
    weights,
    outDir: `${folder}/${precision}`,
    precision,
  });
  return await loadModel(onnxPath);
}

function farthest(actual: Float32Array, expected: ArrayLike<number>): number {
  assert.equal(actual.length, expected.length);
  return actual.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
}

for (const fixture of FAMILY_FIXTURES) {
  const { name, ids, logits } = fixture;
  // Where long texts have frequencies of their own, transformers ran the whole text with them.
  const positions = Object.keys(logits).map(Number)
    .filter((position) => name !== "phi3-longrope-long" || position >= 8);

  Deno.test(`buildModel() computes what transformers does: ${name}`, async () => {
    using folder = temporaryFolder();
    const model = await build(folder.path, fixture);
    await using session = await openSession(model, { threads: 1 });
    for (const position of positions) {
      session.reset();
      const result = await session.run(ids.slice(0, position + 1));
      const difference = farthest(result, logits[position]!);
      assert.ok(difference < 1e-4, `${difference} at ${position}`);
    }
  });

  Deno.test(`buildModel() computes at fp16 what transformers does: ${name}`, async () => {
    using folder = temporaryFolder();
    const model = await build(folder.path, fixture, "fp16");
    assert.equal(model.features.precision, "fp16");
    await using session = await openSession(model, { threads: 1 });
    const difference = farthest(await session.run(ids), logits[ids.length - 1]!);
    assert.ok(difference < 0.02, `${difference}`);
  });

  Deno.test(`buildModel() makes a cache that continues a text exactly: ${name}`, async () => {
    using folder = temporaryFolder();
    const model = await build(folder.path, fixture);
    await using cached = await openSession(model, { threads: 1 });
    await using whole = await openSession(model, { threads: 1 });
    const text = [...ids];
    let result = await cached.run(text);
    for (let step = 0; step < 16; step++) {
      text.push(result.indexOf(Math.max(...result)));
      result = await cached.run(text.slice(-1));
      whole.reset();
      const difference = farthest(result, await whole.run(text));
      assert.ok(difference < 1e-4, `${difference} at step ${step}`);
    }
  });

  Deno.test(`buildModel() reads configs of transformers 4 alike: ${name}`, async () => {
    using folder = temporaryFolder();
    const files = [];
    for (const config of [fixture.config, asTransformers4(fixture.config)]) {
      const { onnxPath } = await buildModel(config, { outDir: `${folder.path}/m` });
      files.push(await Deno.readFile(onnxPath));
    }
    assert.deepEqual(files[0], files[1]);
  });

  Deno.test(`buildModel() writes what detectArchitecture() knows: ${name}`, async () => {
    using folder = temporaryFolder();
    const { architecture, features, onnxPath } = await build(folder.path, fixture);
    const { model_type: family, num_key_value_heads, num_attention_heads } = fixture.config;
    const grouped = num_key_value_heads !== num_attention_heads;
    const { attentionKind, normKind, isMoe, coverage, warnings, numLayers } = architecture;
    assert.deepEqual(
      {
        family: architecture.family,
        attentionKind,
        normKind,
        isMoe,
        coverage,
        warnings,
        numLayers,
      },
      {
        family,
        attentionKind: grouped ? "gqa" : "mha",
        normKind: family === "gpt2" || family === "phi" ? "layernorm" : "rmsnorm",
        isMoe: family === "mixtral",
        coverage: 1,
        warnings: [],
        numLayers: 2,
      },
    );
    const places = readOnnx(onnxPath).graph.nodes.map((node) =>
      architecture.componentOf(node.name)
    );
    const components = new Set(places.map((place) => place?.component));
    for (const component of COMPONENTS[family as string]!) assert.ok(components.has(component));
    for (const part of ["attention", "embed_tokens", "final_norm", "lm_head", "input_layernorm"]) {
      assert.ok(components.has(part), part);
    }
    const sizes = Object.values(fixture.tensors).map((shape) => shape.reduce((a, b) => a * b, 1));
    assert.equal(features.parameters, sizes.reduce((a, b) => a + b, 0));
  });
}

// Theta and scaling stood apart, and types of layers followed from the family and its window.
function asTransformers4(config: DecoderConfig): DecoderConfig {
  const { rope_parameters, layer_types: _, ...old } = config;
  if (rope_parameters === undefined) return old;
  const { rope_theta, rope_type, partial_rotary_factor, ...scaling } = rope_parameters as Record<
    string,
    unknown
  >;
  return {
    ...old,
    rope_theta,
    ...(partial_rotary_factor === undefined ? {} : { partial_rotary_factor }),
    rope_scaling: rope_type === "default" ? null : { type: rope_type, ...scaling },
  };
}

const SEPARATE = ["q_proj", "k_proj", "v_proj", "o_proj"];
const GATED = ["gate_proj", "up_proj", "down_proj", "activation", "post_attention_layernorm"];
const COMPONENTS: Record<string, string[]> = {
  llama: [...SEPARATE, ...GATED],
  mistral: [...SEPARATE, ...GATED],
  qwen2: [...SEPARATE, ...GATED],
  qwen3: [...SEPARATE, ...GATED, "q_norm", "k_norm"],
  phi3: ["qkv_proj", "o_proj", "gate_up_proj", "down_proj", "activation"],
  gemma: [...SEPARATE, ...GATED],
  gemma2: [...SEPARATE, ...GATED, "pre_feedforward_layernorm", "post_feedforward_layernorm"],
  gpt2: ["qkv_proj", "o_proj", "fc1", "activation", "fc2", "post_attention_layernorm"],
  mixtral: [...SEPARATE, "router", "experts"],
  phi: [...SEPARATE, "fc1", "activation", "fc2"],
};
