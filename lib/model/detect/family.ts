/**
 * The family of a model without a configuration, told from what its modules are called.
 *
 * @module
 */

/** What is known of a graph besides its names. */
export interface GraphKinds {
  attentionKind: "mha" | "gqa" | "mqa";
  normKind: "rmsnorm" | "layernorm";
  hasQueryBias: boolean;
}

type Rule = readonly [
  family: string,
  modules: readonly string[],
  holds?: (kinds: GraphKinds) => boolean,
];

// From the particular to the general, as families share modules: what is told by the last rules is
// the oldest family that has them.
const RULES: readonly Rule[] = [
  ["dbrx", ["norm_attn_norm"]],
  ["deepseek_v3", ["kv_a_proj_with_mqa"]],
  ["gpt_oss", ["mlp", "router", "experts"]],
  ["mixtral", ["block_sparse_moe"]],
  ["gpt_oss", ["moe", "router"]], // as onnxruntime-genai's builder calls them
  ["mixtral", ["moe", "gate"]],
  ["qwen3_moe", ["q_norm", "experts", "mlp"]],
  ["qwen2_moe", ["shared_expert", "experts"]],
  ["mixtral", ["mlp", "gate", "experts"]],
  ["gemma3_text", ["pre_feedforward_layernorm", "q_norm"]],
  ["gemma2", ["pre_feedforward_layernorm"]],
  ["olmo2", ["post_feedforward_layernorm"]],
  ["glm4", ["gate_up_proj", "post_self_attn_layernorm"]],
  ["phi3", ["gate_up_proj", "qkv_proj"]],
  ["baichuan", ["W_pack"]],
  ["internlm2", ["wqkv", "feed_forward"]],
  ["exaone", ["c_fc_0"]],
  ["mpt", ["blocks", "Wqkv"]],
  ["gpt_neox", ["gpt_neox"]],
  ["chatglm", ["encoder", "query_key_value", "dense_h_to_4h"]],
  ["bloom", ["word_embeddings_layernorm"]],
  ["bloom", ["gelu_impl"]],
  ["falcon", ["transformer", "self_attention", "query_key_value"]],
  ["gpt_neox", ["query_key_value", "dense_h_to_4h"]],
  ["gpt_bigcode", ["c_attn"], (kinds) => kinds.attentionKind === "mqa"],
  ["gpt2", ["c_attn"]],
  ["gptj", ["fc_in"]],
  ["gpt_neo", ["attn", "attention", "c_fc"]],
  ["opt", ["decoder", "fc1"]],
  ["phi", ["dense", "fc1"]],
  ["phi", ["qkv_proj", "fc1"]],
  ["starcoder2", ["self_attn", "c_fc"]],
  ["qwen3", ["q_norm", "gate_proj"]],
  ["stablelm", ["gate_proj"], (kinds) => kinds.normKind === "layernorm"],
  ["qwen2", ["gate_proj"], (kinds) => kinds.hasQueryBias],
  ["llama", ["gate_proj"]],
  ["nemotron", ["up_proj", "o_proj"]],
];

/** The family that these names tell, `"unknown"` where they tell none. */
export function familyByNames(names: Iterable<string>, kinds: GraphKinds): string {
  const modules = new Set<string>();
  for (const name of names) for (const part of name.split(/[./:' ,\[\]]+/)) modules.add(part);
  const found = RULES.find(([, needed, holds]) =>
    needed.every((module) => modules.has(module)) && (holds?.(kinds) ?? true)
  );
  return found?.[0] ?? "unknown";
}
