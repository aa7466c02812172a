/**
 * What the modules of the families are called, and which component each is. The names are those of
 * Hugging Face's modelling files, which exporters keep (shared notes on ONNX Runtime, section 2),
 * and of onnxruntime-genai's builder.
 *
 * @module
 */

/** Modules whose names mean the same wherever in a layer they stand. */
const IN_LAYER: Readonly<Record<string, string>> = {
  q_proj: "q_proj",
  k_proj: "k_proj",
  v_proj: "v_proj",
  wq: "q_proj",
  wk: "k_proj",
  wv: "v_proj",
  q_lin: "q_proj",
  k_lin: "k_proj",
  v_lin: "v_proj",
  q_a_proj: "q_proj", // DeepSeek's two halves of one low-rank projection
  q_b_proj: "q_proj",
  kv_proj: "kv_proj",
  kv_a_proj_with_mqa: "kv_proj",
  kv_a_proj: "kv_proj",
  kv_b_proj: "kv_proj",
  kv_attn: "kv_proj", // GPT-BigCode without multi-query
  q_attn: "q_proj",
  qkv_proj: "qkv_proj",
  qkv: "qkv_proj",
  c_attn: "qkv_proj",
  query_key_value: "qkv_proj",
  Wqkv: "qkv_proj",
  wqkv: "qkv_proj",
  W_pack: "qkv_proj",
  o_proj: "o_proj",
  out_proj: "o_proj",
  wo: "o_proj",
  out_lin: "o_proj",
  gate_proj: "gate_proj",
  up_proj: "up_proj",
  down_proj: "down_proj",
  w1: "gate_proj", // LLaMA's own names; InternLM2 keeps them
  w3: "up_proj",
  w2: "down_proj",
  c_fc_0: "gate_proj", // EXAONE
  c_fc_1: "up_proj",
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
  activation: "activation",
  gelu_impl: "activation",
  input_layernorm: "input_layernorm",
  attention_norm: "input_layernorm",
  ln_1: "input_layernorm",
  ln_attn: "input_layernorm", // Falcon's new decoder
  norm_1: "input_layernorm",
  self_attn_layer_norm: "input_layernorm",
  pre_attention_layernorm: "input_layernorm",
  post_attention_layernorm: "post_attention_layernorm",
  post_self_attn_layernorm: "post_self_attn_layernorm", // GLM-4 has it beside the one above
  post_attention_norm: "post_attention_layernorm",
  ffn_norm: "post_attention_layernorm",
  ln_2: "post_attention_layernorm",
  ln_mlp: "post_attention_layernorm",
  norm_2: "post_attention_layernorm",
  final_layer_norm: "post_attention_layernorm", // OPT has one in every layer
  pre_feedforward_layernorm: "pre_feedforward_layernorm",
  pre_mlp_layernorm: "pre_feedforward_layernorm",
  post_feedforward_layernorm: "post_feedforward_layernorm",
  post_mlp_layernorm: "post_feedforward_layernorm",
  q_norm: "q_norm",
  q_layernorm: "q_norm",
  q_ln: "q_norm",
  q_a_layernorm: "q_norm",
  query_layernorm: "q_norm",
  k_norm: "k_norm",
  k_layernorm: "k_norm",
  k_ln: "k_norm",
  key_layernorm: "k_norm",
  kv_a_layernorm: "k_norm",
  router: "router",
};

/** Modules that mean something in attention only. */
const IN_ATTENTION: Readonly<Record<string, string>> = {
  query: "q_proj",
  key: "k_proj",
  value: "v_proj",
  in_proj: "qkv_proj",
  in_proj_qkvz: "qkv_proj", // Qwen3-Next
  in_proj_ba: "qkv_proj",
  c_proj: "o_proj",
  dense: "o_proj",
  proj: "o_proj",
};

/** Modules that mean something in a feed-forward network only. */
const IN_MLP: Readonly<Record<string, string>> = { c_proj: "fc2", proj: "fc2" };

const OUTSIDE: Readonly<Record<string, string>> = {
  embed_tokens: "embed_tokens",
  embed_positions: "embed_tokens",
  tok_embeddings: "embed_tokens",
  word_embeddings: "embed_tokens",
  word_embeddings_layernorm: "embed_tokens",
  embedding: "embed_tokens",
  embed_in: "embed_tokens",
  wte: "embed_tokens",
  wpe: "embed_tokens",
  project_in: "embed_tokens",
  norm: "final_norm",
  norm_f: "final_norm",
  ln_f: "final_norm",
  final_norm: "final_norm",
  final_layernorm: "final_norm",
  final_layer_norm: "final_norm",
  final_norm_layernorm: "final_norm",
  lm_head: "lm_head",
  embed_out: "lm_head",
  output_layer: "lm_head",
  output: "lm_head",
  project_out: "lm_head",
};

const ATTENTION = new Set([
  "self_attn",
  "attn",
  "attention",
  "self_attention",
  // What mixes tokens in place of attention: state spaces, short convolutions, linear attention.
  "linear_attn",
  "mixer",
  "mamba",
  "conv",
]);
const MLP = new Set(["mlp", "ffn", "feed_forward"]);
const MOE = new Set(["block_sparse_moe", "moe", "sparse_moe"]);
const EXPERTS = /^(shared_)?experts?$|^expert_\d+$|^shared_mlp$|^(input|output)_linear$/;

/** The component that modules inside a layer name; `null` where the names alone do not tell it. */
export function componentInLayer(modules: readonly string[], leaf: string): string | null {
  if (modules.some((module) => EXPERTS.test(module)) || /^Q?MoE/.test(leaf)) return "experts";
  const isMoe = modules.some((module) => MOE.has(module));
  const isMlp = modules.some((module) => MLP.has(module));
  const inner = modules.at(-1) ?? "";
  // In Qwen's and DeepSeek's experts the router is a module `gate` of the MLP.
  if (/^(router|gate|shared_expert_gate)$/.test(inner) && (isMoe || isMlp)) return "router";
  if (modules.includes("router")) return "router";
  if (isMoe) return "router";
  const isAttention = modules.some((module) => ATTENTION.has(module));
  for (const module of [...modules].reverse()) {
    const component = lookUp(IN_LAYER, module) ??
      (isAttention ? lookUp(IN_ATTENTION, module) : isMlp ? lookUp(IN_MLP, module) : null);
    if (component !== null) return component;
  }
  if (isAttention) return "attention";
  return isMlp ? "activation" : null;
}

/** The component that modules outside of layers name; `null` where they name none. */
export function componentOutside(modules: readonly string[]): string | null {
  for (const module of modules) {
    const component = lookUp(OUTSIDE, module);
    if (component !== null) return component;
  }
  return null;
}

/** The known modules in a path whose parts are joined by underscores, in their order. */
export function modulesIn(joined: string): string[] {
  const found: { at: number; end: number; name: string }[] = [];
  for (const name of KNOWN) {
    const match = joined.match(new RegExp(`(?:^|_)(${name})(?=_|$)`));
    if (match?.index === undefined) continue;
    const at = match.index;
    const end = at + match[0].length;
    if (found.some((other) => at < other.end && other.at < end - 1)) continue;
    found.push({ at, end, name });
  }
  return found.sort((a, b) => a.at - b.at).map(({ name }) => name);
}

const KNOWN = [
  ...Object.keys(IN_LAYER),
  ...Object.keys(IN_ATTENTION),
  ...Object.keys(OUTSIDE),
  ...ATTENTION,
  ...MLP,
  ...MOE,
  "experts",
].filter((name) => /^[a-z]+(_[a-z0-9]+)+$|^(mlp|attn|ffn|dense|experts)$/i.test(name))
  .sort((a, b) => b.length - a.length);

function lookUp(table: Readonly<Record<string, string>>, key: string): string | null {
  return Object.hasOwn(table, key) ? table[key]! : null;
}
