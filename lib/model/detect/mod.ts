/**
 * What a graph's nodes are parts of.
 *
 * @module
 */
export { familyByNames } from "./family.ts";
export { type GraphSizes, normKindOf, sizesOf } from "./kinds.ts";
export { beforeFusion, placeOptimized } from "./optimized.ts";
export type { ComponentPlace } from "./place.ts";
export { placeByName } from "./place_by_name.ts";
export { type PlacedGraph, placeNodes, placesByName } from "./place_nodes.ts";
