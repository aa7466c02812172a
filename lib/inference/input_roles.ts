/**
 * What the inputs of exported decoders mean, by the names that exporters give them: Hugging Face's
 * optimum, PyTorch's exporters, onnxruntime-genai, onnxruntime.transformers, mobius (shared notes on
 * ONNX Runtime, sections 1 and 2; onnxruntime-genai, src/models/position_metadata.h).
 *
 * @module
 */
import type { InputNames } from "../model/mod.ts";

/** What an input is to be fed with. */
export type InputRole =
  /** The tokens of this pass. */
  | "ids"
  /** Which positions may be looked at: all up to now. */
  | "mask"
  /** Where the tokens of this pass stand. */
  | "positions"
  /** Merged decoders choose between two branches by a flag. */
  | "cacheFlag"
  /** Of how many tokens the logits are wanted: of the last one. */
  | "keptLogits"
  /** Tokens before this pass, which is also where a static cache is written. */
  | "pastLength"
  /** Tokens after this pass. */
  | "totalLength"
  /** Index of the last token: GroupQueryAttention's `seqlens_k`. */
  | "lastIndex"
  /** Segments, which texts have one of. */
  | "segments"
  /** A part of the KV cache, or of another state that passes hand on. */
  | "cache";

const ROLES: readonly [RegExp, InputRole][] = [
  [/^input_ids$/, "ids"],
  [/^(attention_mask|causal_mask|attn_mask)$/, "mask"],
  [/^(position_ids|cache_position)$/, "positions"],
  [/^use_cache_branch$/, "cacheFlag"],
  [/^(num_)?logits_to_keep$/, "keptLogits"],
  [/^(past_sequence_length|past_seq_len|write_indices)$/, "pastLength"],
  [/^(total_sequence_length|total_seq_len|nonpad_kv_seqlen)$/, "totalLength"],
  [/^seqlens_k$/, "lastIndex"],
  [/^token_type_ids$/, "segments"],
  [/^past|^(key|value|k|v|kv)_?cache|^cache_?(k|v|key|value)/, "cache"],
];

/** Why a graph with such an input cannot be run here, and what can. */
interface Refusal {
  problem: string;
  remedy: string;
}

const REFUSALS: readonly [RegExp, Refusal][] = [
  [/encoder/, {
    problem: "is that of an encoder-decoder model, whose answer depends on an encoder's output",
    remedy: "use a decoder-only model",
  }],
  [/embeds/, {
    problem: "takes embeddings where token ids are expected",
    remedy: "export the decoder with input_ids, its embedding inside",
  }],
  [/beam|cache_indirection/, {
    problem: "belongs to beam search, and answers here are decoded one by one",
    remedy: "export the model without beam search",
  }],
  [/pixel|image|audio|vision|input_features/, {
    problem: "takes something other than text",
    remedy: "use a text-only decoder",
  }],
];

/** The role of an input; the configuration's own names come first. `null` where it is unknown. */
export function roleOf(name: string, names: InputNames | null): InputRole | null {
  if (name === names?.inputIds) return "ids";
  if (name === names?.attentionMask) return "mask";
  if (name === names?.positionIds) return "positions";
  if (refusalOf(name) !== null) return null;
  const patterns = [names?.pastKey, names?.pastValue, names?.past];
  if (patterns.some((pattern) => layerOf(name, pattern) !== null)) return "cache";
  return ROLES.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}

/** What is wrong with an input that has no role; `null` where nothing is known of it. */
export function refusalOf(name: string): Refusal | null {
  return REFUSALS.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}

/** The layer that a name such as `past_3` has under a pattern such as `past_%d`; `null` if none. */
export function layerOf(name: string, pattern: string | null | undefined): string | null {
  const [before, after] = pattern?.split("%d") ?? [];
  if (before === undefined || after === undefined) return null;
  if (!name.startsWith(before) || !name.endsWith(after)) return null;
  const layer = name.slice(before.length, name.length - after.length);
  return /^\d+$/.test(layer) ? layer : null;
}
