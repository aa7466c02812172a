/**
 * Components in loops: what their work costs by itself, and how all of it compares with the whole.
 *
 * @module
 */
export { type AmplifiedWhole, fitToWhole } from "./whole.ts";
export { type Loop, type Scatter, scatterOf, workEnergy } from "./work.ts";
