/**
 * Power × time: what a span of time cost, and how sure that is. Pure: arrays in, numbers out.
 *
 * @module
 */
export { type Loop, type RepeatedWork, type Scatter, scatterOf, workEnergy } from "./amplified.ts";
export {
  type AmplifiedEnergy,
  amplifiedEnergy,
  type AmplifiedWhole,
  type AmplifiedWork,
  fitToWhole,
} from "./amplified_whole.ts";
export { attributeEnergy, energyOver } from "./attribute.ts";
export { attributeColumns, groupWeights, type WeightColumns } from "./attribute_columns.ts";
export { longestBatchMs } from "./batches.ts";
export { RESOLVING_RECORDS } from "./blocks.ts";
export {
  columnsOf,
  type EnergyColumns,
  intervalAt,
  type RailColumns,
  sharedEnergyAt,
  type SpanColumns,
  totalColumns,
} from "./columns.ts";
export { type Deconvolution, deconvolve } from "./deconvolve.ts";
export { type DeconvolvedTokens, deconvolveTokens } from "./deconvolved_tokens.ts";
export { uniforms } from "./draws.ts";
export {
  type Ensemble,
  isSupported,
  type RailRoot,
  type Reading,
  scaled,
  shareOf,
  sumOf,
  toEnergy,
} from "./ensemble.ts";
export { gatherColumns } from "./gather_columns.ts";
export { groupTokens, mergeUnsupported, type TimedToken, type TokenRange } from "./groups.ts";
export type { Limits, PowerBounds } from "./limits.ts";
export type { AttributionOptions, Latch } from "./options.ts";
export { defaultTotalRails, measuredRails } from "./rails.ts";
export { type RepeatedBlock, type StepPower, stepPowers } from "./repeated.ts";
export { dealRepeated, type StepScale, stepScale } from "./repeated_deal.ts";
export { planSteps, type StepBlock, type StepPlan } from "./repeated_plan.ts";
export { withRest } from "./rest_columns.ts";
