/**
 * What components cost, measured apart: their work in a loop, until power records see it.
 *
 * @module
 */
export { amplifiedInside } from "./amplified_inside.ts";
export { frequencyChange } from "./frequency.ts";
export { type AmplifiedLoops, amplifyLoops, type AmplifyOptions, NO_LOOPS } from "./loops.ts";
export { sweepsMs } from "./sweeps.ts";
