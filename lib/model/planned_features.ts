/**
 * What a model will be like, told before it is built.
 *
 * @module
 */
import { architectureOf } from "./architecture.ts";
import { type DecoderConfig, plannedModel, type PrecisionOptions } from "./build/mod.ts";
import { configOf } from "./config.ts";
import { featuresOf, type ModelFeatures } from "./features.ts";

/**
 * Tells the features of the model that `buildModel` would make of a config: sizes, bytes, and what a
 * token costs. No weight is made.
 *
 * @param config The content of the model's `config.json`.
 * @param options The precision, and what belongs to it.
 * @returns What `loadModel` would tell of the built model.
 * @throws {InputError} Where the config or the precision cannot be followed.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { findPreset, plannedFeatures } from "@tokenwatt/tokenwatt";
 *
 * const { config } = findPreset("llama-3.2-1b");
 * const { bytesPerToken } = plannedFeatures(config, { precision: "int4" });
 * assert.ok(bytesPerToken!.base < 2e9);
 * ```
 */
export function plannedFeatures(
  config: DecoderConfig,
  options: PrecisionOptions = {},
): ModelFeatures {
  const model = plannedModel(config, options);
  const stated = configOf(model.path, config);
  return featuresOf(model, stated, architectureOf(model, stated));
}
