/**
 * Step repetition: steps run again and again until power records see them, and their powers dealt
 * to the tokens of the plain run.
 *
 * @module
 */
export { dealRepeated, type StepScale, stepScale } from "./deal.ts";
export { planSteps, type StepBlock, type StepPlan } from "./plan.ts";
export { type RepeatedBlock, type StepPower, stepPowers } from "./powers.ts";
