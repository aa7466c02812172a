/**
 * Which component of a transformer a node belongs to, told from the modules in its name.
 *
 * The table holds the module names of the families that exporters are known to write (shared notes
 * on ONNX Runtime, section 2); a graph without such names resolves to `null`.
 *
 * @module
 */

/** The place of an operation in a transformer. */
export interface ComponentPlace {
  /** Counted from 0; `null` outside the layers. */
  layer: number | null;
  /** `"q_proj"`, `"attention"`, `"embed_tokens"`, …; `"other"` for what is left. */
  component: string;
}

const IN_LAYER: Readonly<Record<string, string>> = {
  q_proj: "q_proj",
  k_proj: "k_proj",
  v_proj: "v_proj",
  qkv_proj: "qkv_proj",
  c_attn: "qkv_proj",
  query_key_value: "qkv_proj",
  Wqkv: "qkv_proj",
  o_proj: "o_proj",
  out_proj: "o_proj",
  gate_proj: "gate_proj",
  up_proj: "up_proj",
  down_proj: "down_proj",
  gate_up_proj: "gate_up_proj",
  fc1: "fc1",
  c_fc: "fc1",
  fc_in: "fc1",
  dense_h_to_4h: "fc1",
  fc2: "fc2",
  fc_out: "fc2",
  dense_4h_to_h: "fc2",
  act_fn: "activation",
  activation_fn: "activation",
  act: "activation",
  gelu_impl: "activation",
  input_layernorm: "input_layernorm",
  ln_1: "input_layernorm",
  norm_1: "input_layernorm",
  self_attn_layer_norm: "input_layernorm",
  post_attention_layernorm: "post_attention_layernorm",
  ln_2: "post_attention_layernorm",
  norm_2: "post_attention_layernorm",
  final_layer_norm: "post_attention_layernorm", // OPT has one in every layer
  pre_feedforward_layernorm: "pre_feedforward_layernorm",
  post_feedforward_layernorm: "post_feedforward_layernorm",
  q_norm: "q_norm",
  k_norm: "k_norm",
  router: "router",
};

const OUTSIDE: Readonly<Record<string, string>> = {
  embed_tokens: "embed_tokens",
  embed_positions: "embed_tokens",
  word_embeddings: "embed_tokens",
  embed_in: "embed_tokens",
  wte: "embed_tokens",
  wpe: "embed_tokens",
  norm: "final_norm",
  norm_f: "final_norm",
  ln_f: "final_norm",
  final_layernorm: "final_norm",
  final_layer_norm: "final_norm",
  lm_head: "lm_head",
  embed_out: "lm_head",
};

const ATTENTION = new Set(["self_attn", "attn", "attention", "self_attention"]);
const MLP = new Set(["mlp", "ffn", "feed_forward"]);
const MOE = new Set(["block_sparse_moe", "moe"]);
const LAYER_LISTS = new Set(["layers", "h", "blocks", "block"]);

/**
 * The place that a name tells: of a node (`/model/layers.0/self_attn/q_proj/MatMul`) or of a weight
 * (`model.layers.0.self_attn.q_proj.weight`); `null` where it names no known module.
 */
export function placeByName(name: string): ComponentPlace | null {
  // ONNX Runtime appends what it fused: …/Mul_1/SimplifiedLayerNormFusion/
  const parts = name.replace(/(\/[A-Za-z0-9]+Fusion\/)+$/, "").split(/[./]/).filter(Boolean);
  const list = parts.findIndex((part, i) =>
    LAYER_LISTS.has(part) && /^\d+$/.test(parts[i + 1] ?? "")
  );
  const leaf = parts.at(-1) ?? "";
  if (list === -1) {
    const modules = parts.slice(0, -1);
    for (const module of modules) {
      const component = lookUp(OUTSIDE, module);
      if (component !== null) return { layer: null, component };
    }
    return modules.length > 0 && !name.includes("::") ? { layer: null, component: "other" } : null;
  }
  const layer = Number(parts[list + 1]);
  const modules = parts.slice(list + 2, -1);
  // onnxruntime-genai numbers the final norm as a layer one past the end.
  if (modules.includes("final_norm_layernorm")) return { layer: null, component: "final_norm" };
  return { layer, component: inLayer(modules, leaf) };
}

function inLayer(modules: readonly string[], leaf: string): string {
  const isMoe = modules.some((module) => MOE.has(module));
  if (modules.includes("experts") || leaf === "MoE" || leaf === "QMoE") return "experts";
  if (isMoe) return "router";
  const isAttention = modules.some((module) => ATTENTION.has(module));
  for (const module of [...modules].reverse()) {
    const component = lookUp(IN_LAYER, module);
    if (component !== null) return component;
    if (module === "c_proj" || module === "dense") return isAttention ? "o_proj" : "fc2";
  }
  if (isAttention) return "attention";
  return modules.some((module) => MLP.has(module)) ? "activation" : "other";
}

function lookUp(table: Readonly<Record<string, string>>, key: string): string | null {
  return Object.hasOwn(table, key) ? table[key]! : null;
}
