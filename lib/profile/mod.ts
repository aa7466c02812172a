/**
 * What ran when, and what it cost: `profile()`.
 *
 * @module
 */
export * from "./activations/mod.ts";
export { interTokenLatency } from "./latency.ts";
export {
  type CleanToken,
  type InsidePhase,
  type InsideTimes,
  LayerProfiler,
  type LayerProfilerOptions,
  type LayerTiming,
  type Operation,
  profileTokens,
  timingsOf,
  type TwinOptions,
} from "./layers/mod.ts";
export type { OnePrompt, PromptBatch } from "./asked_prompt.ts";
export { checkProfile } from "./check_profile.ts";
export type { ProfileOptions, ProfileProgress } from "./options.ts";
export { profile } from "./profile.ts";
export { expectedLoopsMs } from "./stages.ts";
export {
  storedDraws,
  type StoredRecords,
  type SummarizedRun,
  summarizeStored,
} from "./stored_run.ts";
export {
  type CodeContext,
  type EndOptions,
  type MeasuredCode,
  type MeasuredWindow,
  type MeasureOptions,
  type PowerReport,
  PowerSession,
  PowerWindow,
  startPower,
  type StartPowerOptions,
} from "./windows/mod.ts";
