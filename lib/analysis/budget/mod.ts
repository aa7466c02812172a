/**
 * Energy budgets in tests: they fail when the data say so, and only then.
 *
 * @module
 */
export {
  assertEnergy,
  type BudgetOptions,
  type EnergyLimit,
  type EnergyLimits,
} from "./assert_energy.ts";
export {
  assertNoRegression,
  type RegressionOptions,
  type RegressionResult,
} from "./assert_no_regression.ts";
export type { BudgetOutcome } from "./one_sided.ts";
export type { BudgetResult, WhenInconclusive } from "./report.ts";
