/**
 * Runs a model token by token. Importing this loads no runtime.
 *
 * @module
 */
export { type Engine, openSession, type Session, type SessionOptions } from "./engine.ts";
export { generate, type GenerateOptions } from "./generate.ts";
export { createSampler, type SamplingOptions } from "./sampling.ts";
