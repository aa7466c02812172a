/**
 * Runs a model token by token. Importing this loads no runtime.
 *
 * @module
 */
export { attachToSessions, type SessionAttachment } from "./attached.ts";
export {
  type Engine,
  type Instrumentation,
  openSession,
  type Session,
  type SessionMark,
  type SessionOptions,
  type TappedTensor,
} from "./engine.ts";
export { generate, type GenerateOptions } from "./generate.ts";
export { createSampler, type SamplingOptions } from "./sampling.ts";
