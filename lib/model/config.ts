/**
 * What `config.json` (Hugging Face) or `genai_config.json` (onnxruntime-genai) says of a model,
 * under one set of names. `null` where neither says it.
 *
 * @module
 */
import { readJsonObject, statOrNull } from "./files.ts";

/** A model's configuration under one set of names. */
export interface ModelConfig {
  /** The file's own content. */
  raw: Record<string, unknown>;
  family: string | null;
  numLayers: number | null;
  hiddenSize: number | null;
  intermediateSize: number | null;
  numHeads: number | null;
  numKvHeads: number | null;
  headDim: number | null;
  vocabSize: number | null;
  contextLength: number | null;
  numExperts: number | null;
  tiedHead: boolean;
  /** The `.onnx` file that the configuration names. */
  onnxName: string | null;
}

type Json = Record<string, unknown>;

/** Reads the configuration in `folder`; `null` where there is none, `InputError` where it is broken. */
export function readConfig(folder: string): ModelConfig | null {
  if (statOrNull(`${folder}/config.json`) !== null) {
    return fromHuggingFace(readJsonObject(`${folder}/config.json`));
  }
  if (statOrNull(`${folder}/genai_config.json`) !== null) {
    return fromGenai(readJsonObject(`${folder}/genai_config.json`));
  }
  return null;
}

/** The begin and end tokens of a model, from `generation_config.json`, else its configuration. */
export function readGeneration(
  folder: string,
  config: ModelConfig | null,
): { bosTokenId: number | null; eosTokenIds: number[] } {
  const path = `${folder}/generation_config.json`;
  const own = statOrNull(path) === null ? {} : readJsonObject(path);
  const model = config === null ? {} : object(config.raw.model) ?? config.raw;
  const eos = own.eos_token_id ?? model.eos_token_id;
  return {
    bosTokenId: number(own.bos_token_id) ?? number(model.bos_token_id),
    eosTokenIds: (Array.isArray(eos) ? eos : [eos]).filter((id) => typeof id === "number"),
  };
}

// The names differ by family: GPT-2 says n_embd, OPT ffn_dim, Falcon n_head_kv, Mixtral num_local_experts.
function fromHuggingFace(raw: Json): ModelConfig {
  const text = object(raw.text_config) ?? raw;
  const first = (...keys: string[]) => {
    for (const key of keys) if (typeof text[key] === "number") return text[key];
    return null;
  };
  const hiddenSize = first("hidden_size", "n_embd", "d_model");
  const numHeads = first("num_attention_heads", "n_head", "n_heads");
  const multiQuery = text.multi_query === true ? 1 : null;
  return {
    raw,
    family: typeof raw.model_type === "string" ? raw.model_type : null,
    numLayers: first("num_hidden_layers", "n_layer", "n_layers", "num_layers"),
    hiddenSize,
    intermediateSize: first("intermediate_size", "n_inner", "ffn_dim", "ffn_hidden_size"),
    numHeads,
    numKvHeads: first("num_key_value_heads", "n_head_kv", "num_kv_heads") ?? multiQuery ?? numHeads,
    headDim: first("head_dim") ?? quotient(hiddenSize, numHeads),
    vocabSize: first("vocab_size"),
    contextLength: first("max_position_embeddings", "n_positions", "max_seq_len"),
    numExperts: first("num_local_experts", "num_experts", "n_routed_experts"),
    tiedHead: raw.tie_word_embeddings === true,
    onnxName: null,
  };
}

function fromGenai(raw: Json): ModelConfig {
  const model = object(raw.model) ?? {};
  const decoder = object(model.decoder) ?? {};
  const headDim = number(decoder.head_size);
  const hiddenSize = number(decoder.hidden_size);
  const numHeads = number(decoder.num_attention_heads) ?? quotient(hiddenSize, headDim);
  return {
    raw,
    family: typeof model.type === "string" ? model.type : null,
    numLayers: number(decoder.num_hidden_layers),
    hiddenSize,
    intermediateSize: null,
    numHeads,
    numKvHeads: number(decoder.num_key_value_heads) ?? numHeads,
    headDim,
    vocabSize: number(model.vocab_size),
    contextLength: number(model.context_length),
    numExperts: null,
    tiedHead: false,
    onnxName: typeof decoder.filename === "string" ? decoder.filename : null,
  };
}

function number(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

function object(value: unknown): Json | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Json
    : null;
}

function quotient(a: number | null, b: number | null): number | null {
  return a === null || b === null || a % b !== 0 ? null : a / b;
}
