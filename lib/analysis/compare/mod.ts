/**
 * Two arms against each other: one set of paired statistics for commands, experiments and budgets.
 *
 * @module
 */
export { compareRuns } from "./compare_runs.ts";
export { correctedVerdict } from "./corrected_verdict.ts";
export type { ComparedArm, CompareOptions, Comparison } from "./comparison.ts";
export { jointRatio } from "./joint_ratio.ts";
export { type AcceptedDifference, checkConditions } from "./conditions.ts";
export { type Figure, figureOf, having, LEAST_PROCESSES } from "./figure.ts";
export { COMPARISON_METRICS, type ComparisonMetric, nameOf, observe } from "./metric.ts";
