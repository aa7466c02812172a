/** A Llama in plain loops and doubles, written from the paper's formulas: what tests compare with. */
import type { LlamaConfig } from "../../lib/model/mod.ts";
import type { Weights } from "./checkpoints.ts";

/** The logits after the last of `ids`. */
export function referenceLogits(config: LlamaConfig, weights: Weights, ids: number[]): number[] {
  const heads = config.num_attention_heads;
  const kvHeads = config.num_key_value_heads!;
  const size = config.head_dim!;
  const linear = (x: number[], name: string): number[] => {
    const { shape: [rows, columns], values } = weights.get(`${name}.weight`)!;
    const bias = weights.get(`${name}.bias`)?.values;
    return Array.from({ length: rows! }, (_, row) => {
      let sum = bias?.[row] ?? 0;
      for (let i = 0; i < columns!; i++) sum += values[row * columns! + i]! * x[i]!;
      return sum;
    });
  };
  const norm = (x: number[], name: string): number[] => {
    const mean = x.reduce((sum, v) => sum + v * v, 0) / x.length;
    const scale = 1 / Math.sqrt(mean + config.rms_norm_eps!);
    return x.map((v, i) => v * scale * weights.get(`${name}.weight`)!.values[i]!);
  };
  const rotate = (x: number[], position: number): number[] =>
    x.map((v, i) => {
      const half = size / 2;
      const j = i % size;
      const angle = position * config.rope_theta! ** (-2 * (j % half) / size);
      const partner = j < half ? -x[i + half]! : x[i - half]!;
      return v * Math.cos(angle) + partner * Math.sin(angle);
    });

  const embed = weights.get("model.embed_tokens.weight")!.values;
  let hidden = ids.map((
    id,
  ) => [...embed.subarray(id * config.hidden_size, (id + 1) * config.hidden_size)]);
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const at = `model.layers.${layer}`;
    const normed = hidden.map((x) => norm(x, `${at}.input_layernorm`));
    const q = normed.map((x, p) => rotate(linear(x, `${at}.self_attn.q_proj`), p));
    const k = normed.map((x, p) => rotate(linear(x, `${at}.self_attn.k_proj`), p));
    const v = normed.map((x) => linear(x, `${at}.self_attn.v_proj`));
    hidden = hidden.map((x, p) => {
      const mixed: number[] = [];
      for (let head = 0; head < heads; head++) {
        const group = Math.floor(head * kvHeads / heads);
        const part = (y: number[], h: number) => y.slice(h * size, (h + 1) * size);
        const query = part(q[p]!, head);
        const scores = k.slice(0, p + 1).map((key) =>
          part(key, group).reduce((sum, value, i) => sum + value * query[i]!, 0) / Math.sqrt(size)
        );
        const top = Math.max(...scores);
        const weight = scores.map((s) => Math.exp(s - top));
        const total = weight.reduce((a, b) => a + b);
        for (let i = 0; i < size; i++) {
          mixed.push(weight.reduce((s, w, t) => s + w / total * v[t]![group * size + i]!, 0));
        }
      }
      return linear(mixed, `${at}.self_attn.o_proj`).map((value, i) => value + x[i]!);
    });
    hidden = hidden.map((x) => {
      const y = norm(x, `${at}.post_attention_layernorm`);
      const up = linear(y, `${at}.mlp.up_proj`);
      const gated = linear(y, `${at}.mlp.gate_proj`).map((g, i) => g / (1 + Math.exp(-g)) * up[i]!);
      return linear(gated, `${at}.mlp.down_proj`).map((value, i) => value + x[i]!);
    });
  }
  const last = norm(hidden.at(-1)!, "model.norm");
  return linear(last, config.tie_word_embeddings ? "model.embed_tokens" : "lm_head");
}
