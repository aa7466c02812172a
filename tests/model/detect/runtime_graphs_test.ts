import assert from "node:assert/strict";
import { type Architecture, detectArchitecture } from "../../../lib/model/architecture.ts";
import { RECIPES } from "../../fixtures/decoder_recipes.ts";
import { exportDecoder } from "../../fixtures/exporter_graphs.ts";
import type { OnnxGraph } from "../../fixtures/onnx_graph.ts";
import { dynamicInt8, genaiInt4, merged } from "../../fixtures/runtime_graphs.ts";
import { temporaryFolder } from "../checkpoints.ts";

function placed(architecture: Architecture, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => {
    const place = architecture.componentOf(name);
    return [name, `${place?.layer} ${place?.component}`];
  }));
}

async function architectureOf(graph: OnnxGraph, config?: unknown): Promise<Architecture> {
  using folder = temporaryFolder();
  await Deno.writeFile(`${folder.path}/model.onnx`, graph.bytes());
  if (config !== undefined) {
    await Deno.writeTextFile(`${folder.path}/config.json`, JSON.stringify(config));
  }
  return await detectArchitecture(`${folder.path}/model.onnx`);
}

Deno.test("detectArchitecture() reads an int4 graph of onnxruntime-genai's builder", async () => {
  const graph = genaiInt4();
  const architecture = await architectureOf(graph);
  assert.equal(architecture.numLayers, 2); // the final norm is numbered as a third
  assert.equal(architecture.attentionKind, "gqa");
  assert.equal(architecture.coverage, 1);
  assert.equal(architecture.normKind, "rmsnorm");
  assert.deepEqual(placed(architecture, graph.names.filter((name) => !name.includes("layers.0"))), {
    "/model/attn_mask_reformat/attn_mask_subgraph/ReduceSum": "null mask_positions",
    "/model/attn_mask_reformat/attn_mask_subgraph/Sub/Cast": "null mask_positions",
    "/model/embed_tokens/Reshape": "null embed_tokens",
    "/model/embed_tokens/GatherBlockQuantized": "null embed_tokens",
    "/model/layers.1/input_layernorm/SkipLayerNorm": "1 input_layernorm",
    "/model/layers.1/attn/qkv_proj/MatMul_Q4": "1 qkv_proj",
    "/model/layers.1/attn/GroupQueryAttention": "1 attention",
    "/model/layers.1/attn/o_proj/MatMul_Q4": "1 o_proj",
    "/model/layers.1/post_attention_layernorm/SkipLayerNorm": "1 post_attention_layernorm",
    "/model/layers.1/mlp/gate_proj/MatMul_Q4": "1 gate_proj",
    "/model/layers.1/mlp/up_proj/MatMul_Q4": "1 up_proj",
    "/model/layers.1/mlp/act_fn/Sigmoid": "1 activation",
    "/model/layers.1/mlp/act_fn/Mul": "1 activation",
    "/model/layers.1/mlp/Mul": "1 activation",
    "/model/layers.1/mlp/down_proj/MatMul_Q4": "1 down_proj",
    "/model/layers.2/final_norm_layernorm/SkipLayerNorm": "null final_norm",
    "/lm_head/MatMul_Q4": "null lm_head",
  });
});

Deno.test("detectArchitecture() knows router and experts of a QMoE operation", async () => {
  const architecture = await architectureOf(genaiInt4({ moe: true }));
  assert.equal(architecture.isMoe, true);
  assert.deepEqual(
    placed(architecture, ["/model/layers.0/moe/gate/MatMul_Q4", "/model/layers.1/moe/QMoE"]),
    { "/model/layers.0/moe/gate/MatMul_Q4": "0 router", "/model/layers.1/moe/QMoE": "1 experts" },
  );
});

Deno.test("detectArchitecture() tells Gemma 2's four norms apart in the builder's graph", async () => {
  const graph = genaiInt4({ fourNorms: true });
  const norms = graph.names.filter((name) => /layers.1\/.*norm/.test(name));
  assert.deepEqual(placed(await architectureOf(graph), norms), {
    "/model/layers.1/input_layernorm/SkipLayerNorm": "1 input_layernorm",
    "/model/layers.1/post_attention_layernorm/LayerNorm": "1 post_attention_layernorm",
    "/model/layers.1/pre_feedforward_layernorm/SkipLayerNorm": "1 pre_feedforward_layernorm",
    "/model/layers.1/post_feedforward_layernorm/LayerNorm": "1 post_feedforward_layernorm",
  });
});

Deno.test("detectArchitecture() counts the branches of a merged decoder once", async () => {
  const recipe = RECIPES.find(({ family }) => family === "gpt2")!;
  const { graph, truth } = exportDecoder(recipe, "torchscript");
  const architecture = await architectureOf(merged(graph));
  assert.equal(architecture.numLayers, 2);
  assert.equal(architecture.coverage, 1);
  assert.equal(architecture.family, "gpt2");
  for (const name of graph.names) {
    const { layer, component } = truth.get(`${name}_output_0`) ?? { layer: null, component: null };
    if (component !== null) {
      assert.deepEqual(architecture.componentOf(name), { layer, component }, name);
    }
  }
});

Deno.test("detectArchitecture() puts what a quantiser added to the matrix that it is for", async () => {
  const graph = dynamicInt8();
  const architecture = await architectureOf(graph);
  const [product, ...quantised] = graph.names;
  assert.deepEqual(architecture.componentOf(product!), { layer: 3, component: "activation" });
  for (const name of quantised) {
    assert.deepEqual(architecture.componentOf(name), { layer: 3, component: "down_proj" }, name);
  }
});

Deno.test("detectArchitecture() knows a node by what ONNX Runtime made of its name", async () => {
  const { graph } = exportDecoder(RECIPES[0]!, "torchscript");
  const architecture = await architectureOf(graph);
  const name = graph.names.find((other) => other.includes("layers.1/mlp/gate_proj"))!;
  for (const made of [name, `${name}/QuickGeluFusion/`, `${name}_token_12`, `fused ${name}`]) {
    assert.deepEqual(architecture.componentOf(made), { layer: 1, component: "gate_proj" }, made);
  }
  assert.equal(architecture.componentOf("FastGelu_token_39"), null);
  assert.equal(architecture.componentOf(""), null);
});

const CONTRADICTIONS: [Record<string, number>, RegExp][] = [
  [{ num_hidden_layers: 3 }, /2 layers where the config says 3/],
  [{ hidden_size: 64 }, /32 numbers in a hidden state where the config says 64/],
  [{ num_attention_heads: 8 }, /4 attention heads where the config says 8/],
  [{ num_key_value_heads: 1 }, /2 key-value heads where the config says 1/],
  [{ vocab_size: 65 }, /64 tokens in its vocabulary where the config says 65/],
];

for (const [changed, message] of CONTRADICTIONS) {
  Deno.test(`detectArchitecture() warns of ${JSON.stringify(changed)} that the graph denies`, async () => {
    const config = {
      model_type: "llama",
      num_hidden_layers: 2,
      hidden_size: 32,
      num_attention_heads: 4,
      num_key_value_heads: 2,
      head_dim: 8,
      vocab_size: 64,
    };
    const { graph } = exportDecoder(RECIPES[0]!, "torchscript");
    assert.deepEqual((await architectureOf(graph, config)).warnings, []);
    const { warnings } = await architectureOf(graph, { ...config, ...changed });
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, message);
  });
}

Deno.test("detectArchitecture() prefers no place to a wrong one where names repeat", async () => {
  const { graph } = exportDecoder(RECIPES[0]!, "anonymous");
  assert.equal((await architectureOf(graph)).componentOf(""), null);
});
