/**
 * What is run: reading, building and opening models.
 *
 * @module
 */
export { type Architecture, detectArchitecture } from "./architecture.ts";
export { buildModel, type BuildOptions, type BuiltModel, readDecoderConfig } from "./build/mod.ts";
export { type BuildForecast, forecastBuild } from "./build/mod.ts";
export { type ModelSize, modelSize, parameterCount } from "./build/mod.ts";
export type { Precision, PrecisionOptions } from "./build/mod.ts";
export { findPreset, type Preset, presetConfig, PRESETS } from "./presets/mod.ts";
export type { ComponentPlace } from "./detect/mod.ts";
export type { ModelFeatures } from "./features.ts";
export { modelHash } from "./hash.ts";
export { bytesPerToken, flopsPerToken, type PerToken } from "./per_token.ts";
export { plannedFeatures } from "./planned_features.ts";
export type { ParameterPart } from "./parameter_parts.ts";
export type { InputNames } from "./config.ts";
export type { DecoderConfig, LlamaConfig } from "./build/mod.ts";
export { loadModel, type LoadOptions, type Model } from "./load.ts";
export { type ChatMessage, type ChatOptions, type ChatPrompt, chatPrompt } from "./chat.ts";
export type { EncodeOptions, Tokenizer } from "./tokenizer.ts";
export type { TapSite } from "./taps.ts";
export type { AttentionTap, DeepTaps, GateTap, NormTap } from "./taps_deep.ts";
export { tapModel, type TappedModel } from "./taps_model.ts";
export type { RoutingTap } from "./taps_routing.ts";
export { type OptimizedNode, optimizedNodes } from "./optimized_nodes.ts";
export { operationCounts } from "./taps_operations.ts";
