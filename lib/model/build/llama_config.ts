/**
 * A Llama's `config.json`, typed.
 *
 * @module
 */
import type { DecoderConfig } from "./decoder_config.ts";

/** The fields of a Llama's `config.json` that shape the graph; others are kept and ignored. */
export interface LlamaConfig extends DecoderConfig {
  /** `"llama"` or absent. */
  model_type?: string | null;
  /** Rows of the embedding. */
  vocab_size: number;
  /** Width of the residual stream. */
  hidden_size: number;
  /** Width inside the MLP. */
  intermediate_size: number;
  /** Layers. */
  num_hidden_layers: number;
  /** Query heads. */
  num_attention_heads: number;
  /** Default: as many as `num_attention_heads`. */
  num_key_value_heads?: number | null;
  /** Default: `hidden_size / num_attention_heads`. */
  head_dim?: number | null;
  /** Default 1e-6. */
  rms_norm_eps?: number | null;
  /** Default 10000. */
  rope_theta?: number | null;
  /** How the rotary embedding is stretched; default `null`, not at all. */
  rope_scaling?: unknown;
  /** Default 2048. */
  max_position_embeddings?: number | null;
  /** Whether the head is the embedding; default false. */
  tie_word_embeddings?: boolean | null;
  /** Whether q, k, v and o have biases; default false. */
  attention_bias?: boolean | null;
  /** Whether gate, up and down have biases; default false. */
  mlp_bias?: boolean | null;
  /** The MLP's activation; default `"silu"`. */
  hidden_act?: string | null;
  /** Standard deviation of random weights; default 0.02. */
  initializer_range?: number | null;
}
