/**
 * The models of the benchmark, laid out so that Tokenwatt and transformers.js open the same files:
 * `config.json` beside `onnx/model.onnx`. They know no end token, so every answer is as long as asked.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildModel, type LlamaConfig, loadModel, type Model } from "@tokenwatt/tokenwatt";

/** A model with the prompt that it answers. */
export interface BenchModel {
  model: Model;
  prompt: readonly number[];
  maxNewTokens: number;
}

/** Where the models are kept from run to run. */
export const MODELS_FOLDER = fileURLToPath(new URL("../../.cache/bench", import.meta.url));

// As large as GPT-2 small, 124 M parameters: its layers, width, heads, vocabulary, context and tied
// head. 3 × 2048 of SwiGLU are as many weights as its 2 × 3072.
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
  max_position_embeddings: 1024,
  rms_norm_eps: 1e-5,
  rope_theta: 10000,
  tie_word_embeddings: true,
  bos_token_id: 0,
  eos_token_id: null,
};

/** The names of the models, the one that the goals are about first. */
export const MODEL_NAMES = ["llama-12x768", "tinytales"] as const;

/** Opens a model, and builds it before where `.cache/bench` does not hold it. */
export async function openBenchModel(
  name: typeof MODEL_NAMES[number],
  onBuild: (doneBytes: number, totalBytes: number) => void,
): Promise<BenchModel> {
  const folder = join(MODELS_FOLDER, name);
  if (name === "tinytales") {
    await layOutTinytales(folder);
    // A KV cache of 6 to 280 tokens, in a context of 512.
    return { ...await opened(folder), maxNewTokens: 256 };
  }
  if (!exists(join(folder, "onnx"))) await buildLarge(folder, onBuild);
  return { ...await opened(folder), maxNewTokens: 32 };
}

async function opened(folder: string): Promise<Omit<BenchModel, "maxNewTokens">> {
  const model = await loadModel(folder);
  return { model, prompt: model.tokenizer.encode("Once upon a time there was a brave fox") };
}

async function buildLarge(
  folder: string,
  onProgress: (doneBytes: number, totalBytes: number) => void,
): Promise<void> {
  const { onnxPath } = await buildModel(LLAMA_12X768, { outDir: folder, seed: 1, onProgress });
  // The folder counts as built when `onnx` is there, which one rename brings.
  Deno.mkdirSync(join(folder, "staging"));
  Deno.renameSync(onnxPath, join(folder, "staging", "model.onnx"));
  Deno.renameSync(join(folder, "staging"), join(folder, "onnx"));
}

// Copied anew each time, as 10 MB take no time.
async function layOutTinytales(folder: string): Promise<void> {
  const { path, onnxPath, config } = await loadModel("models/tinytales");
  Deno.mkdirSync(join(folder, "onnx"), { recursive: true });
  Deno.copyFileSync(onnxPath, join(folder, "onnx", "model.onnx"));
  for (const name of ["tokenizer.json", "tokenizer_config.json"]) {
    Deno.copyFileSync(join(path, name), join(folder, name));
  }
  const endless = JSON.stringify({ ...config, eos_token_id: null });
  Deno.writeTextFileSync(join(folder, "config.json"), endless);
  Deno.writeTextFileSync(join(folder, "generation_config.json"), '{ "eos_token_id": null }');
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}
