/**
 * Building a model folder from a config: an ONNX decoder with weights of a checkpoint or of a seed.
 *
 * @module
 */
import { dirname, join, resolve } from "node:path";
import { InputError } from "../../errors.ts";
import { byteTokenizer } from "../byte_tokenizer.ts";
import { DataType } from "../onnx_types.ts";
import { readJsonObject, statOrNull } from "../files.ts";
import { checkpointFile, openCheckpoint } from "../safetensors.ts";
import { checkpointWeights } from "./checkpoint_weights.ts";
import type { DecoderConfig } from "./decoder_config.ts";
import { decoderGraph } from "./decoder_graph.ts";
import { encodedValues, sourcesOf } from "./encoded_values.ts";
import { decoderShape } from "./families.ts";
import { elementsOf, weightBytes } from "./model_size.ts";
import { writeOnnx } from "./onnx_writer.ts";
import { type PrecisionOptions, readNumerics } from "./precision.ts";
import { randomWeights } from "./random_weights.ts";
import {
  checkRoom,
  checkTarget,
  makeStaging,
  moveInto,
  removeQuietly,
  unwritable,
} from "./staging.ts";

/** Raised whenever the graph or its naming changes: files of another version are built again. */
export const BUILDER_VERSION = "2";
/** Who wrote the file, in the ONNX model's own field for that. */
export const PRODUCER = "tokenwatt";

/** How to build a model. */
export interface BuildOptions extends PrecisionOptions {
  /**
   * A `.safetensors` file, a `.safetensors.index.json`, or the folder of either; `null` or absent:
   * random weights from `seed`.
   */
  weights?: string | null | undefined;
  /** The folder to write; made where it does not exist. */
  outDir: string;
  /** Seed of random weights; default 0. */
  seed?: number | undefined;
  /** Stops the build; nothing is left in `outDir` then. */
  signal?: AbortSignal | undefined;
  /** Called once, when all has been checked and writing begins. */
  onStart?: (() => void) | undefined;
  /** Called after every piece of weights that is written. */
  onProgress?: ((doneBytes: number, totalBytes: number) => void) | undefined;
  /** Weights of more than this many bytes go to `model.onnx.data`; default 1 GB. */
  externalDataAboveBytes?: number | undefined;
}

/** What was built. */
export interface BuiltModel {
  /** The model folder. */
  path: string;
  /** `model.onnx` in it. */
  onnxPath: string;
  /** Numbers in the weights; a tied head counts once. */
  parameters: number;
  /** Bytes that the weights take on disk. */
  weightBytes: number;
  /** Whether the weights lie in `model.onnx.data`. */
  externalData: boolean;
}

// Twice an open model of 10^12 parameters at fp32; a config that asks for more is a mistake.
const MOST_BYTES = 8e12;

/**
 * Builds a model folder from a config: `model.onnx`, `config.json`, `generation_config.json` and
 * the tokenizer that lies beside the weights (for random weights, one token per byte).
 *
 * Families: Llama, Mistral, Qwen2, Qwen3, Phi, Phi-3, Gemma, Gemma 2, GPT-2 and Mixtral, told by
 * `model_type`. Weights are streamed, a few megabytes at a time, and quantized as
 * `onnxruntime.quantization` does where asked. Logits are fp32 at every precision. Nothing appears
 * in `outDir` before all of it is written.
 *
 * @param config The content of the model's `config.json`.
 * @param options Weights, precision and the folder to write.
 * @returns Where the model is and how large.
 * @throws {InputError} Where the config or the weights cannot be used, or the folder not written.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { buildModel, loadModel } from "@tokenwatt/tokenwatt";
 *
 * const config = {
 *   vocab_size: 512,
 *   hidden_size: 64,
 *   intermediate_size: 128,
 *   num_hidden_layers: 2,
 *   num_attention_heads: 4,
 * };
 * const folder = await Deno.makeTempDir();
 * const { path } = await buildModel(config, { outDir: `${folder}/small`, seed: 1 });
 * assert((await loadModel(path)).architecture.numLayers === 2);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function buildModel(
  config: DecoderConfig,
  options: BuildOptions,
): Promise<BuiltModel> {
  const shape = decoderShape(config);
  const { dataType, matrices } = readNumerics(options);
  const outDir = resolve(options.outDir);
  const graph = decoderGraph(shape, dataType, matrices);
  const bytes = weightBytes(graph.weights);
  if (bytes > MOST_BYTES) {
    throw new InputError(`Cannot build "${outDir}": its weights would take ${bytes} bytes`, {
      remedy: "check the sizes in the config",
    });
  }
  const weights = (options.weights ?? null) === null ? null : weightsFile(options.weights!);
  using checkpoint = weights === null ? null : openCheckpoint(weights);
  const sources = sourcesOf(graph.weights);
  const values = weights === null || checkpoint === null
    ? randomWeights(options.seed ?? 0, shape.initializerRange)
    : checkpointWeights(checkpoint, weights, sources);

  checkTarget(outDir);
  const staging = makeStaging(outDir);
  try {
    checkRoom(staging, outDir, bytes);
    options.onStart?.();
    const written = await writeOnnx(graph, {
      folder: staging,
      producer: PRODUCER,
      producerVersion: BUILDER_VERSION,
      externalAboveBytes: options.externalDataAboveBytes ?? 1e9,
      values: encodedValues(values),
      signal: options.signal,
      onProgress: options.onProgress,
    });
    writeAround(staging, config, dataType === DataType.FLOAT ? "float32" : "float16");
    if (weights === null) {
      const tokenizer = byteTokenizer(shape.vocabSize);
      for (const [name, content] of Object.entries(tokenizer ?? {})) {
        writeJson(`${staging}/${name}`, content);
      }
    } else copyBeside(dirname(weights), staging);
    moveInto(staging, outDir);
    return {
      path: outDir,
      onnxPath: join(outDir, "model.onnx"),
      parameters: new Map(sources.map((weight) => [weight.name, elementsOf(weight)])).values()
        .reduce((sum, elements) => sum + elements, 0),
      weightBytes: written.weightBytes,
      externalData: written.external,
    };
  } catch (error) {
    throw unwritable(outDir, error);
  } finally {
    removeQuietly(staging);
  }
}

function weightsFile(path: string): string {
  if (!statOrNull(path)?.isDirectory) return path;
  const file = checkpointFile(path);
  if (file !== null) return file;
  throw new InputError(`Cannot build from "${path}": it holds no model.safetensors`, {
    remedy: "pass the folder or the file of a safetensors checkpoint",
  });
}

function writeAround(folder: string, config: DecoderConfig, torchDtype: string): void {
  // transformers 5 calls it dtype; two that differ would leave open which one counts.
  const { dtype: _, ...rest } = config;
  writeJson(`${folder}/config.json`, { ...rest, torch_dtype: torchDtype });
  writeJson(`${folder}/generation_config.json`, {
    bos_token_id: config.bos_token_id ?? null,
    eos_token_id: config.eos_token_id ?? null,
  });
}

const BESIDE = [
  "tokenizer.json",
  "tokenizer_config.json",
  "generation_config.json",
  "chat_template.jinja",
];

function copyBeside(from: string, to: string): void {
  for (const name of BESIDE) {
    if (statOrNull(`${from}/${name}`) !== null) {
      Deno.copyFileSync(`${from}/${name}`, `${to}/${name}`);
    }
  }
}

/**
 * Reads a `config.json`, to be given to {@link buildModel}.
 *
 * @param path The file, or the folder that holds it.
 * @returns Its content, of which nothing is checked but that it is an object.
 * @throws {InputError} Where it is missing or not a JSON object.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { buildModel, readDecoderConfig } from "@tokenwatt/tokenwatt";
 *
 * const config = { ...readDecoderConfig("models/tinytales"), num_hidden_layers: 1 };
 * const folder = await Deno.makeTempDir();
 * const { parameters } = await buildModel(config, { outDir: `${folder}/shallow` });
 * assert.equal(parameters, 590_400);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export function readDecoderConfig(path: string): DecoderConfig {
  return readJsonObject(statOrNull(path)?.isDirectory ? join(path, "config.json") : path);
}

function writeJson(path: string, value: unknown): void {
  Deno.writeTextFileSync(path, JSON.stringify(value, null, 2) + "\n");
}
