/**
 * A model that hands out what its components compute.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import type { Model } from "./load.ts";
import { readOnnx } from "./onnx_reader.ts";
import { takeModuleOutputs, type TapSite } from "./taps.ts";
import { editModel } from "./taps_bytes.ts";
import { type DeepTaps, takeDeep } from "./taps_deep.ts";
import { TapCollector } from "./taps_graph.ts";

/** A model with more outputs. Its file and weights are those of the original. */
export interface TappedModel {
  /** The original, with the path by which the runtime finds the weights. */
  model: Model;
  /** To be loaded in place of the model file; it holds no weights of 1 KB or more. */
  bytes: Uint8Array<ArrayBuffer>;
  /** All outputs that were added or named, once each. */
  outputs: string[];
  /** Every component, with the output that holds what it computes. */
  sites: TapSite[];
  /** Tensors of the deep metrics; `null` where they were not asked for. */
  deep: DeepTaps | null;
}

/**
 * Makes the components' outputs, and where asked the deep metrics' tensors, outputs of the model.
 *
 * Outputs of modules have the same names with the deep metrics and without. Fetched or not, module
 * outputs change no bit of the logits; the deep metrics' tensors may keep the runtime from fusing
 * operations.
 *
 * @param model The model; its file is read for its structure and stays as it is.
 * @param options Whether to take the deep metrics' tensors too.
 * @returns Bytes to be loaded in place of the file, and what their outputs mean.
 * @throws {InputError} Where the model file cannot be read.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { loadModel, tapModel } from "@tokenwatt/tokenwatt";
 *
 * const { sites, bytes } = tapModel(await loadModel("models/tinytales"));
 * const site = sites.find((site) => site.layer === 3 && site.component === "gate_proj");
 * assert(site?.tensor === "/model/layers.3/mlp/gate_proj/MatMul_output_0");
 * assert(bytes.length < 200_000);
 * ```
 */
export function tapModel(model: Model, options: { deep?: boolean | undefined } = {}): TappedModel {
  const collector = new TapCollector(readOnnx(model.onnxPath));
  const sites = takeModuleOutputs(collector, model.architecture);
  const deep = options.deep ? takeDeep(collector, model.architecture) : null;
  const { bytes, folder } = editModel(model.onnxPath, collector.edits);
  const names = [
    ...sites.map((site) => site.output),
    ...(deep?.attention ?? []).map((tap) => tap.output),
    ...(deep?.gates ?? []).flatMap((tap) => tap.outputs),
    ...(deep?.norms ?? []).flatMap((tap) => [tap.input, tap.output]),
    ...(deep?.routing ?? []).flatMap((tap) => [tap.output, tap.chosen, tap.weights]),
  ];
  return {
    model: Deno.realPathSync(dirname(model.onnxPath)) === folder
      ? model // what sessions have found out about it stays known
      : { ...model, onnxPath: join(folder, basename(model.onnxPath)) },
    bytes,
    outputs: [...new Set(names.filter((name) => name !== null))],
    sites,
    deep,
  };
}
