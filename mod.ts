/**
 * Tokenwatt: how many joules each phase, token, layer and component of a transformer costs on
 * your own machine, and how sure that is.
 *
 * Importing this needs no permission and loads neither ONNX Runtime nor Observable Plot.
 *
 * @module
 */
export * from "./lib/record.ts";
export { nowMs } from "./lib/clock.ts";
export { InputError } from "./lib/errors.ts";
export * from "./lib/power/mod.ts";
export * from "./lib/model/mod.ts";
export * from "./lib/inference/mod.ts";
export { attributeEnergy, type AttributionOptions, energyOver } from "./lib/energy/mod.ts";
export type { Ensemble, Latch, Limits, PowerBounds, RailRoot } from "./lib/energy/mod.ts";
export {
  attributeColumns,
  columnsOf,
  gatherColumns,
  groupWeights,
  sharedEnergyAt,
  totalColumns,
  withRest,
} from "./lib/energy/mod.ts";
export { deconvolve, deconvolveTokens, planSteps, stepPowers } from "./lib/energy/mod.ts";
export type { Deconvolution, DeconvolvedTokens, TimedToken } from "./lib/energy/mod.ts";
export type {
  RepeatedBlock,
  StepBlock,
  StepPlan,
  StepPower,
  TokenRange,
} from "./lib/energy/mod.ts";
export type {
  EnergyColumns,
  RailColumns,
  Reading as EnergyReading,
  SpanColumns,
  WeightColumns,
} from "./lib/energy/mod.ts";
export * from "./lib/profile/mod.ts";
export * from "./lib/store/mod.ts";
export * from "./lib/store/export/mod.ts";
export * from "./lib/analysis/mod.ts";
export * from "./lib/experiment/mod.ts";
export * from "./lib/fleet/mod.ts";
export * from "./lib/telemetry/mod.ts";
export * as charts from "./lib/charts/mod.ts";
export * from "./lib/notebook/mod.ts";
export * from "./lib/report/mod.ts";
