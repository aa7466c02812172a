/**
 * Runs a model token by token. Importing this loads no runtime.
 *
 * @module
 */
export { attachToSessions, type SessionAttachment } from "./attached.ts";
export type {
  Engine,
  EngineName,
  Instrumentation,
  OpenedSession,
  Session,
  SessionMark,
  SessionOptions,
  TappedTensor,
} from "./engine.ts";
export { generate, type GenerateOptions } from "./generate.ts";
export { type BatchOptions, type BatchStep, generateBatch } from "./generate_batch.ts";
export { DEFAULT_ENGINE, ENGINES, openSession } from "./open_session.ts";
export { disableOrtTelemetry } from "./ort_telemetry.ts";
export { checkIds } from "./prompt.ts";
export { providerDetail, type ProviderName, PROVIDERS } from "./providers.ts";
export { createSampler, type SamplingOptions } from "./sampling.ts";
