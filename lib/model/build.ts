/**
 * Building a model folder from a config: an ONNX decoder with weights of a checkpoint or of a seed.
 *
 * @module
 */
import { basename, dirname, join, resolve } from "node:path";
import { InputError } from "../errors.ts";
import { byteTokenizer } from "./byte_tokenizer.ts";
import { statOrNull } from "./files.ts";
import { type LlamaConfig, llamaShape } from "./llama_config.ts";
import { llamaGraph } from "./llama_graph.ts";
import { DataType } from "./onnx_types.ts";
import { writeOnnx } from "./onnx_writer.ts";
import { openCheckpoint } from "./safetensors.ts";
import { checkpointWeights, randomWeights } from "./weights.ts";

/** Raised whenever the graph or its naming changes: files of another version are built again. */
export const BUILDER_VERSION = "1";
/** Who wrote the file, in the ONNX model's own field for that. */
export const PRODUCER = "tokenwatt";

/** How to build a model. */
export interface BuildOptions {
  /** A `.safetensors` file or `.safetensors.index.json`; absent: random weights from `seed`. */
  weights?: string | undefined;
  /** Type of weights and cache; default `"fp32"`. Logits are fp32 either way. */
  precision?: "fp32" | "fp16" | undefined;
  /** The folder to write; made where it does not exist. */
  outDir: string;
  /** Seed of random weights; default 0. */
  seed?: number | undefined;
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

/**
 * Builds a model folder of the Llama family: `model.onnx`, `config.json`, `generation_config.json`
 * and the tokenizer that lies beside the weights (for random weights, one token per byte).
 *
 * Nothing appears in `outDir` before all of it is written.
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
export async function buildModel(config: LlamaConfig, options: BuildOptions): Promise<BuiltModel> {
  const shape = llamaShape(config);
  const precision = options.precision ?? "fp32";
  if (precision !== "fp32" && precision !== "fp16") {
    throw new InputError(`Cannot build a model with precision "${precision}"`, {
      remedy: 'use "fp32" or "fp16"',
    });
  }
  const outDir = resolve(options.outDir);
  const graph = llamaGraph(shape, precision === "fp32" ? DataType.FLOAT : DataType.FLOAT16);
  using checkpoint = options.weights === undefined ? null : openCheckpoint(options.weights);
  const values = checkpoint === null
    ? randomWeights(options.seed ?? 0, shape.initializerRange)
    : checkpointWeights(checkpoint, options.weights!);

  const staging = makeStaging(outDir);
  try {
    const written = await writeOnnx(graph, {
      folder: staging,
      producer: PRODUCER,
      producerVersion: BUILDER_VERSION,
      externalAboveBytes: options.externalDataAboveBytes ?? 1e9,
      values,
      onProgress: options.onProgress,
    });
    const torchDtype = precision === "fp32" ? "float32" : "float16";
    writeJson(`${staging}/config.json`, { ...config, torch_dtype: torchDtype });
    writeJson(`${staging}/generation_config.json`, {
      bos_token_id: config.bos_token_id ?? null,
      eos_token_id: config.eos_token_id ?? null,
    });
    if (options.weights === undefined) {
      const tokenizer = byteTokenizer(shape.vocabSize);
      for (const [name, content] of Object.entries(tokenizer ?? {})) {
        writeJson(`${staging}/${name}`, content);
      }
    } else {
      copyBeside(dirname(options.weights), staging);
    }
    moveInto(staging, outDir);
    return {
      path: outDir,
      onnxPath: join(outDir, "model.onnx"),
      parameters: graph.weights.reduce((sum, w) => sum + w.dims.reduce((a, b) => a * b, 1), 0),
      weightBytes: written.weightBytes,
      externalData: written.external,
    };
  } catch (error) {
    throw unwritable(outDir, error);
  } finally {
    removeQuietly(staging);
  }
}

// Beside the target, so that the last step is a rename within one file system.
function makeStaging(outDir: string): string {
  try {
    Deno.mkdirSync(dirname(outDir), { recursive: true });
    const staging = join(dirname(outDir), `.${basename(outDir)}-building-${crypto.randomUUID()}`);
    Deno.mkdirSync(staging);
    return staging;
  } catch (error) {
    throw unwritable(outDir, error);
  }
}

// Into a new folder with one rename; into an existing one file by file, the model last.
function moveInto(staging: string, outDir: string): void {
  if (statOrNull(outDir) === null) {
    Deno.renameSync(staging, outDir);
    return;
  }
  const last = ["model.onnx.data", "model.onnx"];
  const rank = (name: string) => last.indexOf(name);
  const names = [...Deno.readDirSync(staging)].map((entry) => entry.name)
    .sort((a, b) => rank(a) - rank(b));
  // An old model must not meet new external data, nor a new one old data.
  if (names.includes("model.onnx.data") || statOrNull(`${outDir}/model.onnx.data`) !== null) {
    for (const name of last) {
      if (statOrNull(`${outDir}/${name}`)) Deno.removeSync(`${outDir}/${name}`);
    }
  }
  for (const name of names) Deno.renameSync(`${staging}/${name}`, `${outDir}/${name}`);
}

function copyBeside(from: string, to: string): void {
  for (const name of ["tokenizer.json", "tokenizer_config.json"]) {
    if (statOrNull(`${from}/${name}`) !== null) {
      Deno.copyFileSync(`${from}/${name}`, `${to}/${name}`);
    }
  }
}

function writeJson(path: string, value: unknown): void {
  Deno.writeTextFileSync(path, JSON.stringify(value, null, 2) + "\n");
}

function removeQuietly(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch {
    // moved into place, or as unwritable as what has been reported
  }
}

function unwritable(path: string, cause: unknown): unknown {
  const { NotCapable, PermissionDenied, NotADirectory, AlreadyExists } = Deno.errors;
  const known = [NotCapable, PermissionDenied, NotADirectory, AlreadyExists].some((kind) =>
    cause instanceof kind
  );
  const code = (cause as { code?: string }).code ?? "";
  if (!known && !["EROFS", "ENOSPC", "EDQUOT"].includes(code)) return cause;
  const detail = (cause as Error).message.split("\n")[0];
  return new InputError(`Cannot write the model folder "${path}": ${detail}`, {
    remedy: "choose a folder that can be written and has room",
    cause,
  });
}
