/**
 * Power × time: what a span of time cost, and how sure that is. Pure: arrays in, numbers out.
 *
 * To be read in this order:
 * 1. `records`, `rails`, `batches`: the samples of one rail as records of time and energy.
 * 2. `draws`, `options`, `shifts`: 256 joint draws of what is not known, first of all the clock.
 * 3. `tree`, `stretches`: a tree of spans without gaps, its time cut where power may change.
 * 4. `cut`, `expectation`, `split`, `integrate`: records dealt to these, the core of it all.
 * 5. `limits`: what cannot be passed, whatever the draws say.
 * 6. `ensemble`, `attribute`: draws and limits added up to an energy, its interval and its method;
 *    `resolved` says which of them count.
 * 7. `groups`: tokens that are too short, merged until records resolve them.
 * 8. Then the rooms inside, in any order: `repeat/` and `deconvolve/` (single tokens), `columns/`
 *    (what lies below tokens), `amplify/` (components measured apart).
 *
 * @module
 */
export {
  type AmplifiedWhole,
  fitToWhole,
  type Loop,
  type Scatter,
  scatterOf,
  workEnergy,
} from "./amplify/mod.ts";
export { attributeEnergy, energyOver } from "./attribute.ts";
export { longestBatchMs } from "./batches.ts";
export {
  attributeColumns,
  columnsOf,
  type EnergyColumns,
  gatherColumns,
  groupWeights,
  type RailColumns,
  sharedEnergyAt,
  type SpanColumns,
  totalColumns,
  type WeightColumns,
  withRest,
} from "./columns/mod.ts";
export {
  type Deconvolution,
  deconvolve,
  type DeconvolvedTokens,
  deconvolveTokens,
} from "./deconvolve/mod.ts";
export { hashOf, uniforms } from "./draws.ts";
export {
  type Ensemble,
  isSupported,
  type RailRoot,
  type Reading,
  scaled,
  shareOf,
  sumOf,
  toEnergy,
  totalDraws,
} from "./ensemble.ts";
export { groupTokens, mergeUnsupported, type TimedToken, type TokenRange } from "./groups.ts";
export type { Limits, PowerBounds } from "./limits.ts";
export type { AttributionOptions, Latch } from "./options.ts";
export { defaultTotalRails, measuredRails } from "./rails.ts";
export {
  dealRepeated,
  planSteps,
  type RepeatedBlock,
  type StepBlock,
  type StepPlan,
  type StepPower,
  stepPowers,
  type StepScale,
  stepScale,
} from "./repeat/mod.ts";
export { isNarrow, RESOLVED_HALF_INTERVAL, RESOLVING_RECORDS } from "./resolved.ts";
