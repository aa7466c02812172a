/**
 * How large a model will be, told from its config alone.
 *
 * @module
 */
import { byteLengthOf } from "../onnx_types.ts";
import type { DecoderConfig } from "./decoder_config.ts";
import { decoderGraph } from "./decoder_graph.ts";
import { decoderShape } from "./families.ts";
import type { WeightSpec } from "./graph_spec.ts";
import { type PrecisionOptions, readNumerics } from "./precision.ts";

/** How large a model is. */
export interface ModelSize {
  /** Numbers in the weights; a tied head counts once. */
  parameters: number;
  /** Bytes that the weights take on disk, scales and zero points included. */
  weightBytes: number;
}

/**
 * Counts the parameters of a model, without building it; a tied head counts once.
 *
 * @param config The content of the model's `config.json`.
 * @returns Numbers in its weights.
 * @throws {InputError} Where the config cannot be followed.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parameterCount } from "@tokenwatt/tokenwatt";
 *
 * assert.equal(parameterCount({ model_type: "gpt2" }), 124_439_808);
 * ```
 */
export function parameterCount(config: DecoderConfig): number {
  return modelSize(config).parameters;
}

/**
 * Tells how large a model will be at a precision, without building it.
 *
 * @param config The content of the model's `config.json`.
 * @param options The precision, and what belongs to it.
 * @returns Its parameters and the bytes of its weights.
 * @throws {InputError} Where the config or the precision cannot be followed.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { modelSize, readDecoderConfig } from "@tokenwatt/tokenwatt";
 *
 * const config = readDecoderConfig("models/tinytales");
 * const { parameters, weightBytes } = modelSize(config, { precision: "int4" });
 * assert.ok(parameters === 2_558_400 && weightBytes < 2 * parameters);
 * ```
 */
export function modelSize(config: DecoderConfig, options: PrecisionOptions = {}): ModelSize {
  const shape = decoderShape(config);
  const { dataType, matrices } = readNumerics(options);
  return {
    parameters: decoderGraph(shape, dataType).weights
      .reduce((sum, weight) => sum + elementsOf(weight), 0),
    weightBytes: weightBytes(decoderGraph(shape, dataType, matrices).weights),
  };
}

/** Numbers in a tensor. */
export function elementsOf({ dims }: WeightSpec): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/** Bytes of tensors. */
export function weightBytes(weights: readonly WeightSpec[]): number {
  return weights.reduce(
    (sum, weight) => sum + (byteLengthOf(weight.dataType, elementsOf(weight)) ?? 0),
    0,
  );
}
