import assert from "node:assert/strict";
import { placeByName, placeByScopes } from "../../../lib/model/detect/place_by_name.ts";

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
  ["/model/layers.1/attn/qkv_proj/MatMulNBits", 1, "qkv_proj"],
  ["/model/layers.1/attn/GroupQueryAttention", 1, "attention"],
  ["/model/layers.1/attn/q_norm/SimplifiedLayerNormalization", 1, "q_norm"],
  ["/model/layers.1/self_attn/kv_a_proj_with_mqa/MatMul", 1, "kv_proj"],
  ["/model/layers.1/self_attn/q_a_layernorm/Mul", 1, "q_norm"],
  ["/model/layers.1/self_attn/W_pack/MatMul", 1, "qkv_proj"],
  ["/model/layers.1/attention/wo/MatMul", 1, "o_proj"],
  ["/model/layers.1/feed_forward/w2/MatMul", 1, "down_proj"],
  ["/model/layers.1/mlp/gate/MatMul", 1, "router"],
  ["/model/layers.1/mlp/shared_expert_gate/MatMul", 1, "router"],
  ["/model/layers.1/mlp/shared_expert/up_proj/MatMul", 1, "experts"],
  ["/model/layers.1/mlp/experts.7/down_proj/MatMul", 1, "experts"],
  ["/model/layers.1/block_sparse_moe/input_linear/MatMul", 1, "experts"],
  ["/model/layers.1/linear_attn/in_proj_qkvz/MatMul", 1, "qkv_proj"],
  ["/model/layers.1/conv/out_proj/MatMul", 1, "o_proj"],
  ["/transformer/encoder/layers.2/self_attention/dense/MatMul", 2, "o_proj"],
  ["/transformer/encoder/final_layernorm/Mul", null, "final_norm"],
  ["/transformer/output_layer/MatMul", null, "lm_head"],
  ["/transformer/blocks.2/norm_attn_norm/attn/Wqkv/MatMul", 2, "qkv_proj"],
  ["/transformer/blocks.2/norm_attn_norm/norm_2/Sub", 2, "post_attention_layernorm"],
  ["/transformer/blocks.2/ffn/router/layer/MatMul", 2, "router"],
  ["/transformer/h.2/attn/attention/out_proj/MatMul", 2, "o_proj"],
  ["/transformer/h.2/mlp/c_fc_1/MatMul", 2, "up_proj"],
  ["/transformer/word_embeddings_layernorm/Sub", null, "embed_tokens"],
  ["/model/rotary_emb/Cos", null, "mask_positions"],
  ["p_model_layers_12_self_attn_q_proj_weight", 12, "q_proj"],
  ["p_model_layers_3_post_attention_layernorm_weight", 3, "post_attention_layernorm"],
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

const SCOPES: [string, string, number | null, string | null][] = [
  [
    "torch's name_scopes",
    "['', 'model', 'model.layers.0', 'model.layers.0.self_attn.q_proj', 'linear_3']",
    0,
    "q_proj",
  ],
  ["torch's scopes of a sum", "['', 'model', 'model.layers.7', 'add_12']", 7, null],
  ["onnxscript's scopes", "['model', 'layers.1', 'mlp', 'down_proj']", 1, "down_proj"],
  [
    "torch's namespace",
    "model: a.Model/model.layers.2: a.Layer/model.layers.2.mlp.act_fn: b.SiLU/silu: aten.silu",
    2,
    "activation",
  ],
  ["scopes outside of layers", "['', 'lm_head', 'linear_14']", null, "lm_head"],
];

for (const [name, scopes, layer, component] of SCOPES) {
  Deno.test(`placeByScopes() reads ${name}`, () => {
    assert.deepEqual(placeByScopes(scopes), { layer, component });
  });
}

Deno.test("placeByScopes() knows nothing of a root", () => {
  assert.equal(placeByScopes("['', '']"), null);
  assert.equal(placeByScopes(""), null);
});
