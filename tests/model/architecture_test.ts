import assert from "node:assert/strict";
import { buildModel, detectArchitecture, loadModel } from "../../lib/model/mod.ts";
import { SMALL, temporaryFolder } from "./checkpoints.ts";
import { sharedTest } from "./shared_data.ts";

Deno.test("detectArchitecture() describes tinytales", async () => {
  const { onnxPath } = await loadModel("models/tinytales");
  const architecture = await detectArchitecture(onnxPath);
  const { componentOf, ...facts } = architecture;
  assert.deepEqual(facts, {
    family: "llama",
    numLayers: 6,
    attentionKind: "gqa",
    normKind: "rmsnorm",
    isMoe: false,
    coverage: 1,
    warnings: [],
  });
  assert.deepEqual(componentOf("/model/layers.5/mlp/up_proj/MatMul"), {
    layer: 5,
    component: "up_proj",
  });
  assert.equal(componentOf("no such node"), null);
});

for (const [heads, kind] of [[1, "mqa"], [2, "gqa"], [4, "mha"]] as const) {
  Deno.test(`detectArchitecture() calls ${heads} of 4 key-value heads ${kind}`, async () => {
    using folder = temporaryFolder();
    const { onnxPath } = await buildModel({ ...SMALL, num_key_value_heads: heads }, {
      outDir: `${folder.path}/m`,
    });
    assert.equal((await detectArchitecture(onnxPath)).attentionKind, kind);
  });
}

Deno.test("detectArchitecture() infers the family without a config, with a warning", async () => {
  using folder = temporaryFolder();
  const { onnxPath } = await buildModel(SMALL, { outDir: `${folder.path}/m` });
  await Deno.remove(`${folder.path}/m/config.json`);
  const architecture = await detectArchitecture(onnxPath);
  assert.equal(architecture.family, "llama");
  assert.equal(architecture.numLayers, 2);
  assert.match(architecture.warnings.join(), /No config.json/);
});

Deno.test("detectArchitecture() warns when the config counts other layers", async () => {
  using folder = temporaryFolder();
  const { onnxPath } = await buildModel(SMALL, { outDir: `${folder.path}/m` });
  await Deno.writeTextFile(
    `${folder.path}/m/config.json`,
    JSON.stringify({ ...SMALL, num_hidden_layers: 7 }),
  );
  assert.match((await detectArchitecture(onnxPath)).warnings.join(), /2 layers .* says 7/);
});

const EXPORTS: [string, string, string, string, string, boolean, [string, number, string]][] = [
  ["optimum-llama", "model.onnx", "llama", "gqa", "rmsnorm", false, [
    "/model/layers.1/self_attn/q_proj/MatMul",
    1,
    "q_proj",
  ]],
  ["optimum-qwen2", "model.onnx", "qwen2", "gqa", "rmsnorm", false, [
    "/model/layers.0/self_attn/v_proj/Add",
    0,
    "v_proj",
  ]],
  ["optimum-gpt2", "model.onnx", "gpt2", "mha", "layernorm", false, [
    "/transformer/h.1/mlp/c_fc/Gemm",
    1,
    "fc1",
  ]],
  ["optimum-mixtral", "model.onnx", "mixtral", "gqa", "rmsnorm", true, [
    "/model/layers.0/block_sparse_moe/gate/MatMul",
    0,
    "router",
  ]],
  ["genai-gpt2", "past.onnx", "gpt2", "mha", "layernorm", false, [
    "FullyConnect_MatMul_0",
    0,
    "fc1",
  ]],
];

for (const [folder, file, family, attention, norm, isMoe, [node, layer, component]] of EXPORTS) {
  sharedTest(`detectArchitecture() knows ${folder}`, folder, async (path) => {
    const architecture = await detectArchitecture(`${path}/${file}`);
    assert.equal(architecture.family, family);
    assert.equal(architecture.attentionKind, attention);
    assert.equal(architecture.normKind, norm);
    assert.equal(architecture.isMoe, isMoe);
    assert.equal(architecture.coverage, 1);
    assert.deepEqual(architecture.warnings, []);
    assert.deepEqual(architecture.componentOf(node), { layer, component });
  });
}
