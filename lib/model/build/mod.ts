/**
 * Building model folders: an ONNX decoder from a config, with weights of a checkpoint or a seed.
 *
 * @module
 */
export { BUILDER_VERSION, buildModel, PRODUCER, readDecoderConfig } from "./build_model.ts";
export type { BuildOptions, BuiltModel } from "./build_model.ts";
export type { DecoderConfig } from "./decoder_config.ts";
export { type BuildForecast, forecastBuild } from "./forecast.ts";
export type { LlamaConfig } from "./llama_config.ts";
export { type ModelSize, modelSize, parameterCount } from "./model_size.ts";
export { plannedModel } from "./planned_graph.ts";
export { type Precision, type PrecisionOptions, PRECISIONS } from "./precision.ts";
export { freeBytes } from "./staging.ts";
