/**
 * Opening a model: its structure, its configuration, its tokenizer, and no runtime.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { InputError } from "../errors.ts";
import { allGraphs, type Architecture, architectureOf } from "./architecture.ts";
import { type InputNames, readConfig, readGeneration } from "./config.ts";
import { featuresOf, type ModelFeatures } from "./features.ts";
import { statOrNull } from "./files.ts";
import { locateModel } from "./locate.ts";
import { type OnnxModel, readOnnx } from "./onnx_reader.ts";
import { loadTokenizer, noTokenizer, type Tokenizer } from "./tokenizer.ts";

/** A model that can be run. */
export interface Model {
  /** The name of its folder. */
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
}

/** How to open a model. */
export interface LoadOptions {
  /** Which variant of the folder to open: `"fp32"` (default), `"fp16"`, … */
  precision?: string | undefined;
}

/**
 * Opens a model by its folder, its `.onnx` file, or the name of one that ships.
 *
 * Only the structure is read. A folder with `config.json` and `model.safetensors` but no ONNX file
 * is built first. A lone `.onnx` file needs neither config nor tokenizer; it then takes ids only.
 *
 * @param pathOrId A path, relative to the working folder, or `"models/tinytales"` from anywhere.
 * @param options Which variant to open.
 * @returns The model; nothing is held open.
 * @throws {InputError} Where the model is missing, not whole, or lacks its config or tokenizer.
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
  const lone = !isFolder && statOrNull(join(folder, "tokenizer.json")) === null;
  const tokenizer = lone ? noTokenizer(folder) : await loadTokenizer(folder);
  const onnx = readOnnx(onnxPath);
  checkExternalData(onnx);
  const architecture = architectureOf(onnx, config);
  const features = featuresOf(onnx.graph, config, architecture);
  if (options.precision !== undefined && options.precision !== features.precision) {
    throw new InputError(
      `Cannot load "${pathOrId}" at precision "${options.precision}": ${
        basename(onnxPath)
      } is ${features.precision}`,
      { remedy: `use "${features.precision}" or leave the precision out` },
    );
  }
  return {
    name: basename(folder),
    path: folder,
    onnxPath,
    architecture,
    features,
    tokenizer,
    config: config?.raw ?? {},
    generation: readGeneration(folder, config),
    contextLength: config?.contextLength ?? null,
    slidingWindow: config?.slidingWindow ?? null,
    inputNames: config?.inputNames ?? null,
  };
}

// ONNX Runtime's own message names neither the file's true size nor what to do.
function checkExternalData(onnx: OnnxModel): void {
  const sizes = new Map<string, number | null>();
  for (const tensor of allGraphs(onnx.graph).flatMap((graph) => graph.initializers)) {
    if (tensor.external === null) continue;
    const { location, offset, length } = tensor.external;
    const path = join(dirname(onnx.path), location);
    if (!sizes.has(path)) sizes.set(path, statOrNull(path)?.size ?? null);
    const size = sizes.get(path) ?? null;
    if (size === null) {
      throw new InputError(
        `Cannot load "${onnx.path}": its weights file "${location}" is missing`,
        {
          remedy: "copy or download it into the same folder",
        },
      );
    }
    const end = offset + (length ?? tensor.byteLength);
    if (end > size) {
      throw new InputError(
        `Cannot load "${onnx.path}": the weight "${tensor.name}" ends at byte ${end}, "${location}" has ${size}`,
        { remedy: "the weights file is truncated; copy, download or build it again" },
      );
    }
  }
}
