/**
 * Two arms against each other: one set of paired statistics for commands, experiments and budgets.
 *
 * @module
 */
export { compareRuns } from "./compare_runs.ts";
export type { ComparedArm, CompareOptions, Comparison } from "./comparison.ts";
export type { AcceptedDifference } from "./conditions.ts";
export { COMPARISON_METRICS, type ComparisonMetric, nameOf, observe } from "./metric.ts";
