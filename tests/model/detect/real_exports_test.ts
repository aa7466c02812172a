import assert from "node:assert/strict";
import { architectureOf } from "../../../lib/model/architecture.ts";
import { placeNodes } from "../../../lib/model/detect/mod.ts";
import { type GraphInfo, type OnnxModel, readOnnx } from "../../../lib/model/onnx_reader.ts";
import { sharedTest } from "../shared_data.ts";

/** Nodes of each layer (`#` is its number) and those outside, with the component of each. */
interface Expected {
  layers: number;
  /** All multiplications with weights of a layer. */
  products: Record<string, string>;
  /** Some of the light nodes. */
  light: Record<string, string>;
  outside: Record<string, string>;
}

const GATED = {
  "/model/layers.#/mlp/gate_proj/MatMul": "gate_proj",
  "/model/layers.#/mlp/up_proj/MatMul": "up_proj",
  "/model/layers.#/mlp/down_proj/MatMul": "down_proj",
};
const SEPARATE = {
  "/model/layers.#/self_attn/q_proj/MatMul": "q_proj",
  "/model/layers.#/self_attn/k_proj/MatMul": "k_proj",
  "/model/layers.#/self_attn/v_proj/MatMul": "v_proj",
};
const LLAMA_LIGHT = {
  "/model/layers.#/input_layernorm/ReduceMean": "input_layernorm",
  "/model/layers.#/self_attn/MatMul": "attention",
  "/model/layers.#/self_attn/Softmax": "attention",
  "/model/layers.#/self_attn/MatMul_1": "attention",
  "/model/layers.#/Add": "residual",
  "/model/layers.#/post_attention_layernorm/Mul_1": "post_attention_layernorm",
  "/model/layers.#/Add_1": "residual",
};
const LLAMA_OUTSIDE = {
  "/model/embed_tokens/Gather": "embed_tokens",
  "/model/Trilu": "mask_positions",
  "/model/Range_1": "mask_positions",
  "/model/norm/Mul_1": "final_norm",
  "/lm_head/MatMul": "lm_head",
  "/Cast": "lm_head",
};
const GPT2: Expected = {
  layers: 2,
  products: {
    "/transformer/h.#/attn/c_attn/Gemm": "qkv_proj",
    "/transformer/h.#/attn/c_proj/Gemm": "o_proj",
    "/transformer/h.#/mlp/c_fc/Gemm": "fc1",
    "/transformer/h.#/mlp/c_proj/Gemm": "fc2",
  },
  light: {
    "/transformer/h.#/ln_1/Sub": "input_layernorm",
    "/transformer/h.#/attn/c_attn/Reshape_1": "qkv_proj",
    "/transformer/h.#/attn/Split": "attention",
    "/transformer/h.#/attn/Softmax": "attention",
    "/transformer/h.#/Add": "residual",
    "/transformer/h.#/ln_2/Mul": "post_attention_layernorm",
    "/transformer/h.#/mlp/act/Tanh": "activation",
    "/transformer/h.#/Add_1": "residual",
  },
  outside: {
    "/transformer/wte/Gather": "embed_tokens",
    "/transformer/wpe/Gather": "embed_tokens",
    "/transformer/Add": "embed_tokens",
    "/transformer/ln_f/Sub": "final_norm",
    "/lm_head/MatMul": "lm_head",
  },
};

const MODELS: Record<string, Expected> = {
  "optimum-llama/model.onnx": {
    layers: 2,
    products: { ...SEPARATE, "/model/layers.#/self_attn/o_proj/MatMul": "o_proj", ...GATED },
    light: {
      ...LLAMA_LIGHT,
      "/model/layers.#/mlp/act_fn/Sigmoid": "activation",
      "/model/layers.#/mlp/Mul": "activation",
    },
    outside: { ...LLAMA_OUTSIDE, "Identity_0": "final_norm" },
  },
  "optimum-qwen2/model.onnx": {
    layers: 2,
    products: { ...SEPARATE, "/model/layers.#/self_attn/o_proj/MatMul": "o_proj", ...GATED },
    light: { ...LLAMA_LIGHT, "/model/layers.#/self_attn/k_proj/Add": "k_proj" },
    outside: LLAMA_OUTSIDE,
  },
  "optimum-phi3/model.onnx": {
    layers: 2,
    products: {
      "/model/layers.#/self_attn/qkv_proj/MatMul": "qkv_proj",
      "/model/layers.#/self_attn/o_proj/MatMul": "o_proj",
      "/model/layers.#/mlp/gate_up_proj/MatMul": "gate_up_proj",
      "/model/layers.#/mlp/down_proj/MatMul": "down_proj",
    },
    light: { ...LLAMA_LIGHT, "/model/layers.#/mlp/Slice_1": "activation" },
    outside: LLAMA_OUTSIDE,
  },
  "optimum-phi/model.onnx": {
    layers: 2,
    products: {
      ...SEPARATE,
      "/model/layers.#/self_attn/dense/MatMul": "o_proj",
      "/model/layers.#/mlp/fc1/MatMul": "fc1",
      "/model/layers.#/mlp/fc2/MatMul": "fc2",
    },
    light: {
      "/model/layers.#/input_layernorm/Sub": "input_layernorm",
      "/model/layers.#/self_attn/q_proj/Add": "q_proj",
      "/model/layers.#/self_attn/Softmax": "attention",
      "/model/layers.#/self_attn/dense/Add": "o_proj",
      "/model/layers.#/mlp/activation_fn/Tanh": "activation",
      "/model/layers.#/mlp/fc2/Add": "fc2",
      "/model/layers.#/Add": "residual",
      "/model/layers.#/Add_1": "residual",
    },
    outside: {
      "/model/embed_tokens/Gather": "embed_tokens",
      "/model/final_layernorm/Sub": "final_norm",
      "/lm_head/MatMul": "lm_head",
      "/lm_head/Add": "lm_head",
    },
  },
  "optimum-mixtral/model.onnx": {
    layers: 2,
    products: {
      ...SEPARATE,
      "/model/layers.#/self_attn/o_proj/MatMul": "o_proj",
      "/model/layers.#/block_sparse_moe/gate/MatMul": "router",
      ...Object.fromEntries(
        [0, 1, 2, 3].flatMap((expert) =>
          ["w1", "w2", "w3"].map((part) => [
            `/model/layers.#/block_sparse_moe/experts.${expert}/${part}/MatMul`,
            "experts",
          ])
        ),
      ),
    },
    light: {
      ...LLAMA_LIGHT,
      "/model/layers.#/block_sparse_moe/TopK": "router",
      "/model/layers.#/block_sparse_moe/experts.2/act_fn/Sigmoid": "experts",
    },
    outside: LLAMA_OUTSIDE,
  },
  "optimum-gpt_neox/model.onnx": {
    layers: 2,
    products: {
      "/gpt_neox/layers.#/attention/query_key_value/MatMul": "qkv_proj",
      "/gpt_neox/layers.#/attention/dense/MatMul": "o_proj",
      "/gpt_neox/layers.#/mlp/dense_h_to_4h/MatMul": "fc1",
      "/gpt_neox/layers.#/mlp/dense_4h_to_h/MatMul": "fc2",
    },
    light: {
      "/gpt_neox/layers.#/input_layernorm/Sub": "input_layernorm",
      "/gpt_neox/layers.#/post_attention_layernorm/Sub": "post_attention_layernorm",
      "/gpt_neox/layers.#/attention/query_key_value/Add": "qkv_proj",
      "/gpt_neox/layers.#/attention/Softmax": "attention",
      "/gpt_neox/layers.#/mlp/act/Erf": "activation",
      "/gpt_neox/layers.#/mlp/dense_4h_to_h/Add": "fc2",
      "/gpt_neox/layers.#/Add": "residual",
    },
    outside: {
      "/gpt_neox/embed_in/Gather": "embed_tokens",
      "/gpt_neox/final_layer_norm/Sub": "final_norm",
      "/embed_out/MatMul": "lm_head",
    },
  },
  "optimum-opt/model.onnx": {
    layers: 2,
    products: {
      "/decoder/layers.#/self_attn/q_proj/MatMul": "q_proj",
      "/decoder/layers.#/self_attn/k_proj/MatMul": "k_proj",
      "/decoder/layers.#/self_attn/v_proj/MatMul": "v_proj",
      "/decoder/layers.#/self_attn/out_proj/MatMul": "o_proj",
      "/decoder/layers.#/fc1/Gemm": "fc1",
      "/decoder/layers.#/fc2/Gemm": "fc2",
    },
    light: {
      "/decoder/layers.#/self_attn_layer_norm/Sub": "input_layernorm",
      "/decoder/layers.#/self_attn/q_proj/Add": "q_proj",
      "/decoder/layers.#/self_attn/Softmax": "attention",
      "/decoder/layers.#/Add": "residual",
      "/decoder/layers.#/final_layer_norm/Sub": "post_attention_layernorm",
      "/decoder/layers.#/activation_fn/Relu": "activation",
      "/decoder/layers.#/Add_1": "residual",
    },
    outside: {
      "/decoder/embed_tokens/Gather": "embed_tokens",
      "/decoder/embed_positions/Gather": "embed_tokens",
      "/decoder/final_layer_norm/Sub": "final_norm",
      "/lm_head/MatMul": "lm_head",
    },
  },
  "optimum-gpt2/model.onnx": GPT2,
  "optimum-gpt2-merged/decoder_model_merged.onnx": {
    ...GPT2,
    // In one branch the first sum counts positions, in the other it adds their embeddings.
    outside: { "/transformer/wte/Gather": "embed_tokens", "/lm_head/MatMul": "lm_head" },
  },
  "genai-gpt2/past.onnx": {
    layers: 5,
    products: {}, // numbered through the model: below
    light: {},
    outside: {
      EmbedLayerNormalization_0: "embed_tokens",
      SkipLayerNorm_AddBias_9: "final_norm",
      "/lm_head/MatMul": "lm_head",
    },
  },
  "genai-llama-fp16/model.onnx": {
    layers: 2,
    products: {
      "/model/layers.#/attn/q_proj/MatMul": "q_proj",
      "/model/layers.#/attn/k_proj/MatMul": "k_proj",
      "/model/layers.#/attn/v_proj/MatMul": "v_proj",
      "/model/layers.#/attn/o_proj/MatMul": "o_proj",
      ...GATED,
    },
    light: {
      "/model/layers.#/attn/q_rotary/RotaryEmbedding": "attention",
      "/model/layers.#/attn/MultiHeadAttention": "attention",
      "/model/layers.#/post_attention_layernorm/SkipLayerNorm": "post_attention_layernorm",
      "/model/layers.#/mlp/act_fn/Sigmoid": "activation",
      "/model/layers.#/mlp/Mul": "activation",
    },
    outside: {
      "/model/attn_mask_reformat/Tile": "mask_positions",
      "/model/embed_tokens/Gather": "embed_tokens",
      "/model/layers.2/final_norm_layernorm/SkipLayerNorm": "final_norm",
      "/lm_head/MatMul": "lm_head",
    },
  },
};

const GENAI_GPT2 = MODELS["genai-gpt2/past.onnx"]!;
const NUMBERED: Record<string, [number, string]> = {};
for (let layer = 0; layer < 5; layer++) {
  NUMBERED[`GptAttention_${layer}`] = [layer, "qkv_proj"];
  NUMBERED[`GptAttention_${layer}_matmul`] = [layer, "o_proj"];
  NUMBERED[`FullyConnect_MatMul_${2 * layer}`] = [layer, "fc1"];
  NUMBERED[`FastGelu_AddBias_${layer}`] = [layer, "activation"];
  NUMBERED[`FullyConnect_MatMul_${2 * layer + 1}`] = [layer, "fc2"];
  NUMBERED[`SkipLayerNorm_AddBias_${2 * layer}`] = [layer, "post_attention_layernorm"];
  if (layer > 0) NUMBERED[`SkipLayerNorm_AddBias_${2 * layer - 1}`] = [layer, "input_layernorm"];
}

for (const [file, expected] of Object.entries(MODELS)) {
  const [folder, name] = file.split("/") as [string, string];
  sharedTest(`detectArchitecture() places ${folder} layer by layer`, folder, (path) => {
    const model = readOnnx(`${path}/${name}`);
    const architecture = architectureOf(model, null);
    assert.equal(architecture.numLayers, expected.layers);
    assert.equal(architecture.coverage, 1);
    const products = new Map<string, string>();
    for (let layer = 0; layer < expected.layers; layer++) {
      for (const [node, component] of Object.entries({ ...expected.products, ...expected.light })) {
        const own = node.replace("#", String(layer));
        assert.deepEqual(architecture.componentOf(own), { layer, component }, own);
      }
      for (const [node, component] of Object.entries(expected.products)) {
        products.set(node.replace("#", String(layer)), component);
      }
    }
    for (const [node, component] of Object.entries(expected.outside)) {
      assert.deepEqual(architecture.componentOf(node), { layer: null, component }, node);
    }
    if (expected === GENAI_GPT2) {
      for (const [node, [layer, component]] of Object.entries(NUMBERED)) {
        assert.deepEqual(architecture.componentOf(node), { layer, component }, node);
        if (/proj|fc/.test(component)) products.set(node, component);
      }
    }
    // No multiplication but those of the table and the head.
    for (const { multiplies, places } of placeNodes(model)) {
      for (const node of multiplies.keys()) {
        const component = places.get(node)!.component;
        assert.equal(component, products.get(node.name) ?? "lm_head", node.name);
      }
      for (const [node, place] of places) {
        if (node.opType !== "If") assert.notEqual(place.component, "other", node.name);
      }
    }
    return Promise.resolve();
  });

  sharedTest(`detectArchitecture() places ${folder} the same without its names`, folder, (path) => {
    const named = placeNodes(readOnnx(`${path}/${name}`));
    const model = readOnnx(`${path}/${name}`);
    stripNames(model);
    const stripped = placeNodes(model);
    let compared = 0;
    named.forEach(({ flow, multiplies, places }, i) => {
      flow.graph.nodes.forEach((node, n) => {
        if (!multiplies.has(node)) return;
        const other = stripped[i]!;
        assert.deepEqual(other.places.get(other.flow.graph.nodes[n]!), places.get(node), node.name);
        compared++;
      });
    });
    assert.ok(compared >= 9);
    return Promise.resolve();
  });
}

/** Takes all names but those of the model's inputs and outputs from a graph. */
function stripNames({ graph }: OnnxModel): void {
  const known = new Map([...graph.inputs, ...graph.outputs].map(({ name }) => [name, name]));
  const renamed = (name: string) => {
    if (name === "") return name;
    if (!known.has(name)) known.set(name, `t${known.size}`);
    return known.get(name)!;
  };
  const strip = (own: GraphInfo) => {
    for (const tensor of own.initializers) tensor.name = renamed(tensor.name);
    for (const value of own.outputs) value.name = renamed(value.name);
    for (const node of own.nodes) {
      node.name = "";
      node.scopes = null;
      node.inputs = node.inputs.map(renamed);
      node.outputs = node.outputs.map(renamed);
      for (const branch of node.subgraphs) strip(branch);
    }
  };
  strip(graph);
}
