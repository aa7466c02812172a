/**
 * What is inside a token: the times of layers, components and operations.
 *
 * @module
 */
export { discardWeights } from "./executed_graph.ts";
export type { CleanToken } from "./deal.ts";
export { type InsidePhase, type InsideTimes, timingsOf } from "./inside_times.ts";
export { LayerProfiler, type LayerProfilerOptions, type LayerTiming } from "./layer_profiler.ts";
export type { Operation } from "./operation_table.ts";
export { profileTokens, type TwinOptions } from "./profile_tokens.ts";
export { TempFolder } from "./temp_folder.ts";
