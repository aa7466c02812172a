/**
 * The models of the benchmark, laid out so that Tokenwatt and transformers.js open the same files:
 * `config.json` beside `onnx/model.onnx`. They know no end token, so every answer is as long as asked.
 *
 * @module
 */
import { join } from "node:path";
import { buildModel, type LlamaConfig, loadModel, type Model } from "@tokenwatt/tokenwatt";
import { madeOnce } from "./made_once.ts";

/** Names of the models. */
export const MODEL_NAMES = ["llama-12x768", "tinytales"] as const;

/** Name of a model. */
export type ModelName = typeof MODEL_NAMES[number];

/** A model at a length of context, by which the cost of the cache grows. */
export interface BenchCase {
  name: ModelName;
  /** Tokens of the prompt. */
  context: number;
  /** Tokens of the answer: enough to time, few enough for many turns. */
  maxNewTokens: number;
  /** Rounds at most: a long prefill before each block takes its time. */
  mostRounds: number;
  /** Its share of the time: a round with a long prefill takes longer. */
  weight: number;
}

/** The cases, the one that all measures are about first; the others are about decoding only. */
export const CASES: readonly BenchCase[] = [
  { name: "llama-12x768", context: 16, maxNewTokens: 16, mostRounds: Infinity, weight: 1 },
  { name: "llama-12x768", context: 256, maxNewTokens: 16, mostRounds: 16, weight: 1.5 },
  { name: "llama-12x768", context: 1024, maxNewTokens: 16, mostRounds: 8, weight: 5 },
  { name: "tinytales", context: 16, maxNewTokens: 256, mostRounds: Infinity, weight: 0.8 },
];

/** A model with the prompt that it answers, always with as many tokens. */
export interface BenchModel {
  model: Model;
  prompt: readonly number[];
  maxNewTokens: number;
}

const SOURCES = [new URL("../../lib/model/", import.meta.url), new URL(import.meta.url)];

// As large as GPT-2 small, 124 M parameters: its layers, width, heads, vocabulary and tied head. The 3 × 2048 columns of SwiGLU hold as many weights as its 2 × 3072.
const LLAMA_12X768: LlamaConfig = {
  architectures: ["LlamaForCausalLM"],
  model_type: "llama",
  hidden_act: "silu",
  vocab_size: 50257,
  hidden_size: 768,
  intermediate_size: 2048,
  num_hidden_layers: 12,
  num_attention_heads: 12,
  num_key_value_heads: 12,
  max_position_embeddings: 2048,
  rms_norm_eps: 1e-5,
  rope_theta: 10000,
  tie_word_embeddings: true,
  bos_token_id: 0,
  eos_token_id: null,
};

/** Opens a case's model; lays its folder out before where `.cache/bench` holds none up to date. */
export async function openBenchModel(
  { name, context, maxNewTokens }: BenchCase,
): Promise<BenchModel> {
  const folder = await madeOnce(
    name,
    SOURCES,
    name === "tinytales" ? layOutTinytales : buildLarge,
  );
  const model = await loadModel(folder);
  // Any ids do: what a token costs does not depend on which it is. 7919 is prime.
  const words = model.features.vocabSize ?? 1;
  const prompt = Array.from({ length: context }, (_, i) => (i + 1) * 7919 % words);
  return { model, prompt, maxNewTokens };
}

async function buildLarge(folder: string): Promise<void> {
  const { onnxPath } = await buildModel(LLAMA_12X768, { outDir: folder, seed: 1 });
  Deno.mkdirSync(join(folder, "onnx"));
  Deno.renameSync(onnxPath, join(folder, "onnx", "model.onnx"));
}

async function layOutTinytales(folder: string): Promise<void> {
  const { path, onnxPath, config } = await loadModel("models/tinytales");
  Deno.copyFileSync(join(path, "tokenizer.json"), join(folder, "tokenizer.json"));
  // Where config.json names no end, the tokenizer's own would count.
  const texts = JSON.parse(Deno.readTextFileSync(join(path, "tokenizer_config.json")));
  Deno.writeTextFileSync(
    join(folder, "tokenizer_config.json"),
    JSON.stringify({ ...texts, eos_token: null }),
  );
  const endless = { ...config, eos_token_id: null };
  Deno.writeTextFileSync(join(folder, "config.json"), JSON.stringify(endless));
  Deno.writeTextFileSync(join(folder, "generation_config.json"), '{ "eos_token_id": null }');
  Deno.mkdirSync(join(folder, "onnx"));
  Deno.copyFileSync(onnxPath, join(folder, "onnx", "model.onnx"));
}
