/**
 * What components cost, measured apart: their work in a loop, until power records see it.
 *
 * @module
 */
export { type AmplifiedLoops, amplifyLoops, type AmplifyOptions, type LoopCell } from "./loops.ts";
