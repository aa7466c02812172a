/**
 * Single tokens: every step of the answer is run many times in a row.
 *
 * @module
 */
export { deconvolvedFindings, resolveFindings } from "./findings.ts";
export { cadenceOf, planFor } from "./plan.ts";
export { type Attributed, type Method, redeal } from "./redeal.ts";
export { type StepCheck, Steps } from "./steps.ts";
export { placesFor, type SweepHooks, sweepSteps } from "./sweeps.ts";
