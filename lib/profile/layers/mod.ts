/**
 * What is inside a token: the times of layers, components and operations.
 *
 * @module
 */
export { LayerProfiler, type LayerProfilerOptions, type LayerTiming } from "./layer_profiler.ts";
