/**
 * The models of the benchmark, laid out so that Tokenwatt and transformers.js open the same files:
 * `config.json` beside `onnx/model.onnx`. They know no end token, so every answer is as long as asked.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildModel, type LlamaConfig, loadModel, type Model } from "@tokenwatt/tokenwatt";

/** The models, the one that the goals are about first. */
export const MODEL_NAMES = ["llama-12x768", "tinytales"] as const;
/** Name of a model. */
export type ModelName = typeof MODEL_NAMES[number];

/** A model with the prompt that it answers, always with as many tokens. */
export interface BenchModel {
  model: Model;
  prompt: readonly number[];
  maxNewTokens: number;
}

const PROMPT = "Once upon a time there was a brave fox";
// Long enough to time, short enough for many turns.
const MAX_NEW_TOKENS: Record<ModelName, number> = { "llama-12x768": 16, tinytales: 256 };
const MODELS_FOLDER = fileURLToPath(new URL("../../.cache/bench", import.meta.url));
const BUILDER_FOLDER = fileURLToPath(new URL("../../lib/model", import.meta.url));

// As large as GPT-2 small, 124 M parameters: its layers, width, heads, vocabulary, context and tied
// head. The 3 × 2048 columns of SwiGLU hold as many weights as its 2 × 3072.
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

/** Opens a model; lays its folder out before where `.cache/bench` holds none that is up to date. */
export async function openBenchModel(name: ModelName): Promise<BenchModel> {
  const folder = join(MODELS_FOLDER, name);
  if (isOutdated(folder)) {
    Deno.mkdirSync(folder, { recursive: true });
    Deno.removeSync(folder, { recursive: true });
    await (name === "tinytales" ? layOutTinytales(folder) : buildLarge(folder));
  }
  const model = await loadModel(folder);
  return { model, prompt: model.tokenizer.encode(PROMPT), maxNewTokens: MAX_NEW_TOKENS[name] };
}

// As make has it: what was built is older than the code that builds.
function isOutdated(folder: string): boolean {
  const builtMs = modifiedMs(join(folder, "onnx"));
  return [...Deno.readDirSync(BUILDER_FOLDER)]
    .some(({ name }) => modifiedMs(join(BUILDER_FOLDER, name)) > builtMs);
}

function modifiedMs(path: string): number {
  try {
    return Deno.statSync(path).mtime?.getTime() ?? 0;
  } catch {
    return 0; // it is not there
  }
}

async function buildLarge(folder: string): Promise<void> {
  const { onnxPath } = await buildModel(LLAMA_12X768, { outDir: folder, seed: 1 });
  moveIn(folder, () => Deno.renameSync(onnxPath, join(folder, "incoming", "model.onnx")));
}

async function layOutTinytales(folder: string): Promise<void> {
  const { path, onnxPath, config } = await loadModel("models/tinytales");
  Deno.mkdirSync(folder, { recursive: true });
  for (const name of ["tokenizer.json", "tokenizer_config.json"]) {
    Deno.copyFileSync(join(path, name), join(folder, name));
  }
  const endless = { ...config, eos_token_id: null };
  Deno.writeTextFileSync(join(folder, "config.json"), JSON.stringify(endless));
  Deno.writeTextFileSync(join(folder, "generation_config.json"), '{ "eos_token_id": null }');
  moveIn(folder, () => Deno.copyFileSync(onnxPath, join(folder, "incoming", "model.onnx")));
}

// `onnx` appears last and whole: a folder without it counts as not built.
function moveIn(folder: string, fill: () => void): void {
  Deno.mkdirSync(join(folder, "incoming"));
  fill();
  Deno.renameSync(join(folder, "incoming"), join(folder, "onnx"));
}
