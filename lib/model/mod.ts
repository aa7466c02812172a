/**
 * What is run: reading, building and opening models.
 *
 * @module
 */
export { type Architecture, detectArchitecture } from "./architecture.ts";
export { buildModel, type BuildOptions, type BuiltModel } from "./build.ts";
export type { ComponentPlace } from "./component_names.ts";
export type { ModelFeatures } from "./features.ts";
export { bytesPerToken, flopsPerToken, type PerToken } from "./per_token.ts";
export type { ParameterPart } from "./parameter_parts.ts";
export type { InputNames } from "./config.ts";
export type { LlamaConfig } from "./llama_config.ts";
export { loadModel, type LoadOptions, type Model } from "./load.ts";
export type { Tokenizer } from "./tokenizer.ts";
