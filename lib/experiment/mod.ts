/**
 * Experiments that anyone can repeat: arms in processes of their own, interleaved, compared.
 *
 * @module
 */
export type { AdmissionOptions } from "./admission.ts";
export type {
  ArmOptions,
  Expectation,
  ExperimentArm,
  ExperimentDefinition,
  ExperimentFile,
  ExperimentOrder,
  ExperimentPrompt,
} from "./definition.ts";
export { experiment, type ExperimentOptions } from "./experiment.ts";
export type { Cell as ExperimentCell } from "./order.ts";
export type { ExperimentPlan, PlannedArm } from "./plan.ts";
export type { ExperimentProgress } from "./progress.ts";
export type {
  ArmComparison,
  ArmResult,
  ExpectationResult,
  ExperimentResult,
  FailedProcess,
  Outcome,
} from "./result.ts";
export type { Simulation } from "./simulated.ts";
