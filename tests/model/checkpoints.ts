/** Makes checkpoints of known weights for tests: a config, its weights, and a safetensors file. */
import type { LlamaConfig } from "../../lib/model/mod.ts";

/** Weights by name, with the shape that a checkpoint gives them. */
export type Weights = Map<string, { shape: number[]; values: Float32Array }>;

/** A Llama small enough for a test to follow with its own arithmetic. */
export const SMALL: LlamaConfig = {
  model_type: "llama",
  vocab_size: 40,
  hidden_size: 24,
  intermediate_size: 20,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 6,
  rms_norm_eps: 1e-5,
  rope_theta: 500,
  max_position_embeddings: 64,
  tie_word_embeddings: false,
  bos_token_id: 0,
  eos_token_id: 1,
};

/** Weights for `config`, large enough that every part of the graph shows in the logits. */
export function weightsFor(config: LlamaConfig, seed = 1): Weights {
  const c = config as Required<LlamaConfig>;
  const heads = c.num_attention_heads * c.head_dim!;
  const kv = c.num_key_value_heads! * c.head_dim!;
  const shapes: [string, number[]][] = [
    ["model.embed_tokens.weight", [c.vocab_size, c.hidden_size]],
    ["model.norm.weight", [c.hidden_size]],
  ];
  if (!config.tie_word_embeddings) shapes.push(["lm_head.weight", [c.vocab_size, c.hidden_size]]);
  for (let layer = 0; layer < c.num_hidden_layers; layer++) {
    const at = `model.layers.${layer}`;
    shapes.push([`${at}.input_layernorm.weight`, [c.hidden_size]]);
    shapes.push([`${at}.post_attention_layernorm.weight`, [c.hidden_size]]);
    const linear = (name: string, out: number, from: number, bias: boolean) => {
      shapes.push([`${at}.${name}.weight`, [out, from]]);
      if (bias) shapes.push([`${at}.${name}.bias`, [out]]);
    };
    linear("self_attn.q_proj", heads, c.hidden_size, config.attention_bias === true);
    linear("self_attn.k_proj", kv, c.hidden_size, config.attention_bias === true);
    linear("self_attn.v_proj", kv, c.hidden_size, config.attention_bias === true);
    linear("self_attn.o_proj", c.hidden_size, heads, config.attention_bias === true);
    linear("mlp.gate_proj", c.intermediate_size, c.hidden_size, config.mlp_bias === true);
    linear("mlp.up_proj", c.intermediate_size, c.hidden_size, config.mlp_bias === true);
    linear("mlp.down_proj", c.hidden_size, c.intermediate_size, config.mlp_bias === true);
  }
  let state = seed;
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32 - 0.5;
  return new Map(shapes.map(([name, shape]) => {
    const values = new Float32Array(shape.reduce((a, b) => a * b, 1)).map(() => next());
    // fp16 and bf16 hold these exactly: 7 bits of mantissa.
    return [name, { shape, values: values.map((v) => Math.round(v * 64) / 64) }];
  }));
}

/** The bytes of a safetensors file. */
export function safetensors(
  weights: Weights,
  dtype: "F32" | "F16" | "BF16",
): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = { __metadata__: { format: "pt" } };
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const [name, { shape, values }] of weights) {
    const part = encode(values, dtype);
    header[name] = { dtype, shape, data_offsets: [offset, offset + part.length] };
    offset += part.length;
    parts.push(part);
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const length = new Uint8Array(new BigUint64Array([BigInt(json.length)]).buffer);
  const all = new Uint8Array(8 + json.length + offset);
  let position = 0;
  for (const part of [length, json, ...parts]) {
    all.set(part, position);
    position += part.length;
  }
  return all;
}

function encode(values: Float32Array, dtype: "F32" | "F16" | "BF16"): Uint8Array {
  if (dtype === "F32") return new Uint8Array(values.slice().buffer);
  if (dtype === "F16") return new Uint8Array(new Float16Array(values).buffer);
  const bits = new Uint32Array(values.slice().buffer);
  return new Uint8Array(Uint16Array.from(bits, (b) => b >>> 16).buffer);
}

/** A folder that is removed when the test ends. */
export function temporaryFolder(): { path: string } & Disposable {
  const path = Deno.makeTempDirSync({ prefix: "tokenwatt-test-" });
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}
