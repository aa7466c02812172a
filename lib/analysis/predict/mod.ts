/**
 * What models would cost that were never run.
 *
 * @module
 */
export type { PhaseModel, Range as WorkRange } from "./cost_model.ts";
export { predictEnergy, type Prediction, type PredictionTarget } from "./predict_energy.ts";
