import assert from "node:assert/strict";
import { InferenceSession } from "onnxruntime-node";
import { architectureOf, placesInOptimized } from "../../../lib/model/architecture.ts";
import { loadModel } from "../../../lib/model/mod.ts";
import { readOnnx } from "../../../lib/model/onnx_reader.ts";
import { RECIPES } from "../../fixtures/decoder_recipes.ts";
import { exportDecoder } from "../../fixtures/exporter_graphs.ts";
import { OnnxGraph } from "../../fixtures/onnx_graph.ts";
import { temporaryFolder } from "../checkpoints.ts";

Deno.test("placesInOptimized() places what ONNX Runtime fused, renamed and left without a name", async () => {
  using folder = temporaryFolder();
  const { graph, truth } = exportDecoder(RECIPES.find((r) => r.family === "gpt2")!, "torchscript");
  await Deno.writeFile(`${folder.path}/model.onnx`, graph.bytes());
  const output = (pattern: RegExp) => [...truth.keys()].find((name) => pattern.test(name))!;
  const name = (pattern: RegExp) => graph.names.find((other) => pattern.test(other))!;
  const act = output(/h\.1\/mlp\/act\/Relu/);
  const fc1 = output(/h\.1\/mlp\/c_fc\/MatMul/);
  const fused = new OnnxGraph();
  fused.node("Cast", "Cast_34", ["x"], ["onnx::Mul_60"]);
  fused.node("MatMul", name(/h\.1\/mlp\/c_fc\/MatMul/), ["onnx::Mul_60", "w"], [fc1]);
  fused.node("FastGelu", "GPT2Gelu_token_1", [fc1], [act]); // told by its output
  fused.node("Identity", "", [act], ["copied"]); // told by who made its input
  fused.node("LayerNormalization", `${name(/h\.0\/ln_2\/Mul/)}/LayerNormFusion/`, ["y"], ["z"]);
  await Deno.writeFile(`${folder.path}/optimized.onnx`, fused.bytes());
  const places = placesInOptimized(
    readOnnx(`${folder.path}/model.onnx`),
    readOnnx(`${folder.path}/optimized.onnx`),
  );
  assert.deepEqual([...places.values()], [
    { layer: 1, component: "fc1" },
    { layer: 1, component: "fc1" },
    { layer: 1, component: "activation" },
    { layer: 1, component: "activation" },
    { layer: 0, component: "post_attention_layernorm" },
  ]);
  assert.ok(places.has("Identity_3"), "a node without a name goes by operation and position");
});

Deno.test("placesInOptimized() keeps a multiplication that took in its activation", async () => {
  using folder = temporaryFolder();
  const { graph, truth } = exportDecoder(RECIPES.find((r) => r.family === "opt")!, "torchscript");
  await Deno.writeFile(`${folder.path}/model.onnx`, graph.bytes());
  const name = graph.names.find((other) => /layers\.0\/fc1\/MatMul/.test(other))!;
  const relu = [...truth.keys()].find((other) => /layers\.0\/activation_fn\/Relu/.test(other))!;
  const fused = new OnnxGraph();
  fused.weight("w", [32, 48]);
  fused.node("FusedGemm", `fused ${name}`, ["x", "w"], [relu]);
  await Deno.writeFile(`${folder.path}/optimized.onnx`, fused.bytes());
  const places = placesInOptimized(
    readOnnx(`${folder.path}/model.onnx`),
    readOnnx(`${folder.path}/optimized.onnx`),
  );
  assert.deepEqual(places.get(`fused ${name}`), { layer: 0, component: "fc1" });
});

for (const level of ["basic", "all"] as const) {
  Deno.test(`placesInOptimized() places all that ONNX Runtime makes of tinytales at ${level}`, async () => {
    using folder = temporaryFolder();
    const { onnxPath } = await loadModel("models/tinytales");
    const optimizedModelFilePath = `${folder.path}/optimized.onnx`;
    const session = await InferenceSession.create(onnxPath, {
      graphOptimizationLevel: level,
      optimizedModelFilePath,
      logSeverityLevel: 4,
    });
    await session.release();
    const original = readOnnx(onnxPath);
    const architecture = architectureOf(original, null);
    const optimized = readOnnx(optimizedModelFilePath);
    const places = placesInOptimized(original, optimized);
    const products = new Map<string, number>();
    for (const node of optimized.graph.nodes) {
      const place = places.get(node.name);
      assert.ok(place !== undefined && place.component !== "other", node.name);
      const before = architecture.componentOf(node.name);
      if (before !== null) assert.deepEqual(place, before, node.name);
      if (!/_proj$/.test(place.component)) continue;
      products.set(place.component, (products.get(place.component) ?? 0) + 1);
    }
    // Seven matrices in each of six layers, whatever was fused around them.
    assert.equal(products.size, 7);
    for (const [component, count] of products) assert.equal(count, 6, component);
  });
}
