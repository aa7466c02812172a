import assert from "node:assert/strict";
import { placeByName } from "../../../lib/model/detect/place_by_name.ts";

const PLACES: [string, number | null, string][] = [
  ["/model/layers.0/self_attn/q_proj/MatMul", 0, "q_proj"],
  ["/model/layers.11/self_attn/k_proj/Add", 11, "k_proj"],
  ["/model/layers.3/self_attn/Softmax", 3, "attention"],
  ["/model/layers.3/self_attn/rotary_emb/Cos", 3, "attention"],
  ["/model/layers.3/mlp/act_fn/Sigmoid", 3, "activation"],
  ["/model/layers.3/mlp/Mul", 3, "activation"],
  ["/model/layers.3/Add_1", 3, "residual"],
  ["/model/layers.0/input_layernorm/Mul_1/SimplifiedLayerNormFusion/", 0, "input_layernorm"],
  ["/model/layers.0/self_attn/MatMul/MatmulTransposeFusion//MatMulScaleFusion/", 0, "attention"],
  ["/model/layers.2/mlp/down_proj/MatMul_Q4", 2, "down_proj"],
  ["model.layers.2.self_attn.o_proj.weight", 2, "o_proj"],
  ["/transformer/h.1/attn/c_attn/Gemm", 1, "qkv_proj"],
  ["/transformer/h.1/attn/c_proj/Gemm", 1, "o_proj"],
  ["/transformer/h.1/mlp/c_proj/Gemm", 1, "fc2"],
  ["/gpt_neox/layers.4/attention/dense/MatMul", 4, "o_proj"],
  ["/gpt_neox/layers.4/mlp/dense_4h_to_h/MatMul", 4, "fc2"],
  ["/model/decoder/layers.1/final_layer_norm/Sub", 1, "post_attention_layernorm"],
  ["/model/decoder/final_layer_norm/Sub", null, "final_norm"],
  ["/model/layers.1/block_sparse_moe/gate/MatMul", 1, "router"],
  ["/model/layers.1/block_sparse_moe/experts.3/w1/MatMul", 1, "experts"],
  ["/model/layers.1/moe/QMoE", 1, "experts"],
  ["/model/layers.24/final_norm_layernorm/SkipLayerNorm", null, "final_norm"],
  ["/model/embed_tokens/Gather", null, "embed_tokens"],
  ["/transformer/wpe/Gather", null, "embed_tokens"],
  ["/model/norm/Mul_1", null, "final_norm"],
  ["/lm_head/MatMul", null, "lm_head"],
  ["/model/Range_1", null, "mask_positions"],
];

for (const [name, layer, component] of PLACES) {
  Deno.test(`placeByName() puts ${name} into ${component}`, () => {
    assert.deepEqual(placeByName(name), { layer, component });
  });
}

for (const name of ["", "MatMul_123", "onnx::MatMul_805", "constructor", "/toString"]) {
  Deno.test(`placeByName() knows nothing of "${name}"`, () => {
    assert.equal(placeByName(name), null);
  });
}

Deno.test("placeByName() is not misled by names of Object's own methods", () => {
  assert.deepEqual(placeByName("/model/layers.0/constructor/Mul"), {
    layer: 0,
    component: "other",
  });
});
