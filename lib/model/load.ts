/**
 * Opening a model: its structure, its configuration, its tokenizer, and no runtime.
 *
 * @module
 */
import { basename, join } from "node:path";
import { InputError } from "../errors.ts";
import { type Architecture, architectureOf } from "./architecture.ts";
import { type InputNames, readConfig, readGeneration } from "./config.ts";
import { checkExternalData } from "./external_data.ts";
import { featuresOf, type ModelFeatures } from "./features.ts";
import { statOrNull } from "./files.ts";
import { hubIdOf } from "./hub_cache.ts";
import { locateModel } from "./locate.ts";
import { readOnnx } from "./onnx_reader.ts";
import { loadTokenizer, noTokenizer, type Tokenizer } from "./tokenizer.ts";
import { checkDecoder, tokenizerWarnings } from "./vouch.ts";
import { precisionMeant } from "./variants.ts";

/** A model that can be run. */
export interface Model {
  /** The name of its folder, or its id on the hub. */
  name: string;
  /** Its folder, absolute. */
  path: string;
  /** The graph's file, absolute. */
  onnxPath: string;
  /** What kind of transformer it is, and the component of each node. */
  architecture: Architecture;
  /** Its sizes. */
  features: ModelFeatures;
  /** Text to ids and back. */
  tokenizer: Tokenizer;
  /** The content of `config.json` (or `genai_config.json`); empty for a lone `.onnx` file. */
  config: Record<string, unknown>;
  /** Token with which texts begin and tokens that end an answer. */
  generation: { bosTokenId: number | null; eosTokenIds: number[] };
  /** Tokens that prompt and answer may take together; `null` where the model does not say. */
  contextLength: number | null;
  /** Tokens that the layers with a window look back; `null` where all look back to the beginning. */
  slidingWindow: number | null;
  /** Names of the graph's inputs and outputs by its configuration; `null`: the usual ones. */
  inputNames: InputNames | null;
  /** What is uncertain or does not fit together, one line each; the architecture's among them. */
  warnings: string[];
}

/** How to open a model. */
export interface LoadOptions {
  /**
   * Which variant of the folder to open: a precision (`"fp32"`, `"fp16"`, `"int8"`, `"int4"`) or the
   * name of a variant (`"q4f16"` for `model_q4f16.onnx`). Default: the plain one.
   */
  precision?: string | undefined;
}

/**
 * Opens a model by its folder, its `.onnx` file, its id in the hub's cache, or the name of one that
 * ships.
 *
 * Only the structure is read. A folder with `config.json` and `model.safetensors` but no ONNX file
 * is built first. A model without a tokenizer takes ids only; a lone `.onnx` file needs no config.
 *
 * @param pathOrId A path, relative to the working folder; `"org/name"` where the hub's cache has it;
 *   or `"models/tinytales"` from anywhere.
 * @param options Which variant to open.
 * @returns The model; nothing is held open.
 * @throws {InputError} Where the model is missing, not whole, or lacks its config.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { loadModel } from "@tokenwatt/tokenwatt";
 *
 * const model = await loadModel("models/tinytales");
 * assert(model.architecture.family === "llama");
 * assert(model.features.parameters === 2_558_400);
 * ```
 */
export async function loadModel(pathOrId: string, options: LoadOptions = {}): Promise<Model> {
  const { folder, onnxPath, isFolder } = await locateModel(pathOrId, options.precision);
  const config = readConfig(folder);
  if (config === null && isFolder) {
    throw new InputError(`Cannot load the model "${folder}": it has no config.json`, {
      remedy: "copy config.json there from the original model",
    });
  }
  const onnx = readOnnx(onnxPath);
  checkDecoder(onnx, config);
  checkExternalData(onnx);
  const texts = hasTokenizer(folder) ? await loadTokenizer(folder) : noTokenizer(folder);
  const architecture = architectureOf(onnx, config);
  const features = featuresOf(onnx, config, architecture);
  const asked = options.precision && precisionMeant(options.precision);
  if (asked !== undefined && asked !== features.precision) {
    throw new InputError(
      `Cannot load "${pathOrId}" at precision "${options.precision}": ${
        basename(onnxPath)
      } is ${features.precision}`,
      { remedy: `use "${features.precision}" or leave the precision out` },
    );
  }
  const generation = readGeneration(folder, config);
  return {
    name: hubIdOf(folder) ?? basename(folder),
    path: folder,
    onnxPath,
    architecture,
    features,
    tokenizer: texts.tokenizer,
    config: config?.raw ?? {},
    // The model's own files come first: a tokenizer may be shared with models that end otherwise.
    generation: {
      bosTokenId: generation.bosTokenId ?? texts.bosTokenId,
      eosTokenIds: generation.eosTokenIds.length > 0
        ? generation.eosTokenIds
        : [texts.eosTokenId].filter((id) => id !== null),
    },
    contextLength: config?.contextLength ?? null,
    slidingWindow: config?.slidingWindow ?? null,
    inputNames: config?.inputNames ?? null,
    warnings: [
      ...architecture.warnings,
      ...(hasTokenizer(folder) ? [] : ["It has no tokenizer: it takes token ids, and no text"]),
      ...tokenizerWarnings(texts.vocabSize, features.vocabSize),
    ],
  };
}

function hasTokenizer(folder: string): boolean {
  return ["tokenizer.json", "vocab.json"].some((name) => statOrNull(join(folder, name)) !== null);
}
