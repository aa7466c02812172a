/**
 * What a run means: figures that people compare, each with its interval. Pure: runs in, numbers out.
 *
 * @module
 */
export { type BatchCost, batchCost, type BatchPoint } from "./batch/mod.ts";
export {
  assertEnergy,
  assertNoRegression,
  type BudgetOptions,
  type BudgetOutcome,
  type BudgetResult,
  type EnergyLimit,
  type EnergyLimits,
  type RegressionOptions,
  type RegressionResult,
  type WhenInconclusive,
} from "./budget/mod.ts";
export { type CacheSlope, cacheSlope, type PositionTrend } from "./cache_slope.ts";
export {
  type ContextCost,
  contextCost,
  type ContextGrowth,
  type ContextPoint,
  type Knee,
} from "./context/mod.ts";
export { compareRuns, COMPARISON_METRICS, correctedVerdict, jointRatio } from "./compare/mod.ts";
export type {
  AcceptedDifference,
  ComparedArm,
  CompareOptions,
  Comparison,
  ComparisonMetric,
  Figure,
} from "./compare/mod.ts";
export { efficiency } from "./efficiency.ts";
export type { Carbon, Cost, Efficiency, EfficiencyOptions, EnergyDelay } from "./efficiency.ts";
export {
  CARBON_INTENSITIES,
  type CarbonIntensity,
  ELECTRICITY_PRICES,
  type ElectricityPrice,
  MJ_PER_KWH,
} from "./electricity.ts";
export type { Estimate } from "./estimate.ts";
export { type PeakPower, peakPowers } from "./peak_power.ts";
export {
  type MixtureCost,
  type Polynomial,
  type PolynomialFits,
  type PowerLaw,
  type Scaling,
  scaling,
  type ScalingOptions,
  type ScalingPoint,
} from "./scaling/mod.ts";
export {
  type Tradeoff,
  tradeoff,
  type TradeoffOptions,
  type TradeoffPoint,
} from "./tradeoff/mod.ts";
export { activeParameters, type ModelWork, modelWork } from "./model_work.ts";
export {
  type PhaseModel,
  predictEnergy,
  type Prediction,
  type PredictionTarget,
  type WorkRange,
} from "./predict/mod.ts";
export { runFindings } from "./run_findings.ts";
export type { RunRecord } from "./run_record.ts";
export {
  holmCorrected,
  type MeanTest,
  type TestKind,
  testPaired,
  testUnpaired,
} from "./statistics/mod.ts";
