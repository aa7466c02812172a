/**
 * What components cost, measured apart: their work in a loop, until power records see it.
 *
 * @module
 */
export { lastLevelCacheBytes } from "./cache_size.ts";
export { loopEnergies, type PhaseEnergies, type WholePhase } from "./energies.ts";
export { amplifyFindings, type LoopConditions } from "./findings.ts";
export { AROUND, withAmplified } from "./into_inside.ts";
export { type AmplifiedLoops, amplifyLoops, type AmplifyOptions } from "./loops.ts";
export { sweepsMs } from "./sweeps.ts";
