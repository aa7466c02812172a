/**
 * What `config.json` (Hugging Face) or `genai_config.json` (onnxruntime-genai) says of a model,
 * under one set of names. `null` where neither says it.
 *
 * @module
 */
import { ConfigReader } from "./config_reader.ts";
import { readJsonObject, statOrNull } from "./files.ts";
import { fromGenai } from "./genai_config.ts";

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
  /** Experts that one token is routed to. */
  expertsPerToken: number | null;
  /** Tokens that a layer with a window looks back, itself included; `null` where none has one. */
  slidingWindow: number | null;
  /** Layers that have the window. */
  numSlidingLayers: number;
  tiedHead: boolean;
  /** The `.onnx` file that the configuration names. */
  onnxName: string | null;
  /** The names of the graph's inputs and outputs, where the configuration lists them. */
  inputNames: InputNames | null;
}

/**
 * Names of a graph's inputs and outputs as `genai_config.json` lists them; those of the cache hold
 * `%d` for the layer. `null` where the file does not list one.
 */
export interface InputNames {
  /** Token ids. */
  inputIds: string | null;
  /** Which positions count. */
  attentionMask: string | null;
  /** Where each token stands. */
  positionIds: string | null;
  /** Keys of the past, such as `"past_key_values.%d.key"`. */
  pastKey: string | null;
  /** Values of the past. */
  pastValue: string | null;
  /** Keys and values of the past in one tensor, such as `"past_%d"`. */
  past: string | null;
  /** Keys, the new ones included. */
  presentKey: string | null;
  /** Values, the new ones included. */
  presentValue: string | null;
  /** Keys and values in one tensor, the new ones included. */
  present: string | null;
  /** Scores of the next token. */
  logits: string | null;
}

/** Reads the configuration in `folder`; `null` where there is none, `InputError` where it is broken. */
export function readConfig(folder: string): ModelConfig | null {
  const huggingFace = `${folder}/config.json`;
  const genaiPath = `${folder}/genai_config.json`;
  const genai = statOrNull(genaiPath) === null
    ? null
    : fromGenai(new ConfigReader(genaiPath, readJsonObject(genaiPath)));
  if (statOrNull(huggingFace) === null) return genai;
  const config = configOf(huggingFace, readJsonObject(huggingFace));
  // Only the runtime's own file knows how the graph was written.
  return genai === null
    ? config
    : { ...config, onnxName: genai.onnxName, inputNames: genai.inputNames };
}

/** A `config.json` of which the content is given; `InputError` names it by its path. */
export function configOf(path: string, raw: Record<string, unknown>): ModelConfig {
  return fromHuggingFace(new ConfigReader(path, raw));
}

/** The begin and end tokens of a model, from `generation_config.json`, else its configuration. */
export function readGeneration(
  folder: string,
  config: ModelConfig | null,
): { bosTokenId: number | null; eosTokenIds: number[] } {
  const path = `${folder}/generation_config.json`;
  const own = statOrNull(path) === null ? {} : readJsonObject(path);
  const raw = config?.raw ?? {};
  const model = object(raw.model) ?? raw;
  const sources = [own, model, object(raw.text_config) ?? {}];
  const idsOf = (key: string) => sources.map((source) => ids(source[key])).find((i) => i.length);
  return {
    bosTokenId: idsOf("bos_token_id")?.[0] ?? null,
    eosTokenIds: idsOf("eos_token_id") ?? [],
  };
}

// The names differ by family: GPT-2 says n_embd, OPT ffn_dim, Falcon n_head_kv, Mixtral num_local_experts.
function fromHuggingFace(file: ConfigReader): ModelConfig {
  const text = file.inner("text_config") ?? file;
  const hiddenSize = text.count("hidden_size", "n_embd", "d_model");
  const numHeads = text.count("num_attention_heads", "n_head", "n_heads");
  const numLayers = text.count("num_hidden_layers", "n_layer", "n_layers", "num_layers");
  const window = slidingWindow(text, numLayers);
  return {
    raw: file.raw,
    family: file.text("model_type"),
    numLayers,
    hiddenSize,
    intermediateSize: text.count("intermediate_size", "n_inner", "ffn_dim", "ffn_hidden_size"),
    numHeads,
    numKvHeads: kvHeads(text) ?? numHeads,
    headDim: text.count("head_dim") ?? quotient(hiddenSize, numHeads),
    vocabSize: text.count("vocab_size"),
    contextLength: text.count(
      "max_position_embeddings",
      "n_positions",
      "max_seq_len",
      "max_sequence_length",
      "seq_length",
    ),
    numExperts: text.option("num_local_experts", "num_experts", "n_routed_experts"),
    expertsPerToken: text.option("num_experts_per_tok", "num_experts_per_token", "moe_top_k"),
    slidingWindow: window.tokens,
    numSlidingLayers: window.layers,
    tiedHead: tiedHead(file, text),
    onnxName: null,
    inputNames: null,
  };
}

// Where a file does not say it, the default of the family's configuration class holds: saving leaves
// out what equals it (transformers, configuration_utils.py and configuration_*.py).
const TIED_BY_DEFAULT =
  /^(gpt2|gpt_bigcode|gpt_neo|bloom|opt|falcon|mpt|gemma\d?(_text)?|starcoder2|cohere2?)$/;

function tiedHead(file: ConfigReader, text: ConfigReader): boolean {
  const stated = text.raw.tie_word_embeddings ?? file.raw.tie_word_embeddings;
  if (typeof stated === "boolean") return stated;
  return TIED_BY_DEFAULT.test(text.text("model_type") ?? file.text("model_type") ?? "");
}

// Falcon-7B states num_kv_heads 71 and has one: only the new decoder architecture heeds the number.
function kvHeads(text: ConfigReader): number | null {
  if (text.raw.multi_query === true && text.raw.new_decoder_architecture !== true) return 1;
  return text.count("num_key_value_heads", "n_head_kv", "num_kv_heads") ??
    text.inner("attn_config")?.count("kv_n_heads") ?? null;
}

// Qwen2 switches its window off and on, Gemma 2 has it in every second layer, Gemma 3 in five of
// six, newer files list a type for each layer (transformers, configuration_{qwen2,gemma2,gemma3}.py).
function slidingWindow(
  text: ConfigReader,
  numLayers: number | null,
): { tokens: number | null; layers: number } {
  const none = { tokens: null, layers: 0 };
  const tokens = text.option("sliding_window");
  if (tokens === null || text.raw.use_sliding_window === false) return none;
  const all = numLayers ?? 0;
  const { layer_types: types } = text.raw;
  if (Array.isArray(types)) {
    const layers = types.filter((type) => type === "sliding_attention").length;
    return layers === 0 ? none : { tokens, layers };
  }
  if (text.raw.use_sliding_window === true) {
    const layers = Math.max(0, all - (text.option("max_window_layers") ?? 0));
    return layers === 0 ? none : { tokens, layers };
  }
  const gemma = /^gemma(2|3)/.exec(text.text("model_type") ?? "")?.[1];
  const pattern = text.option("sliding_window_pattern", "_sliding_window_pattern") ??
    (gemma === "2" ? 2 : gemma === "3" ? 6 : null);
  return { tokens, layers: pattern === null ? all : all - Math.floor(all / pattern) };
}

function object(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Record<string, unknown>
    : null;
}

function ids(value: unknown): number[] {
  return [value].flat().filter((id): id is number => Number.isSafeInteger(id) && Number(id) >= 0);
}

function quotient(a: number | null, b: number | null): number | null {
  return a === null || b === null || a % b !== 0 ? null : a / b;
}
