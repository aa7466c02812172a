/**
 * Models from the Hugging Face hub. This room alone uses the network, and only `deno task pull`
 * enters it.
 *
 * @module
 */
export { usualCache } from "./cache_layout.ts";
export { type Connection, endpointOf } from "./connection.ts";
export { HubFailure } from "./failure.ts";
export { findPulled } from "./offline.ts";
export { pullModel, type PullOptions } from "./pull.ts";
export type { PulledFile, PulledModel } from "./pulled_model.ts";
