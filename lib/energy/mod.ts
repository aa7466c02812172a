/**
 * Power × time: what a span of time cost, and how sure that is. Pure: arrays in, numbers out.
 *
 * @module
 */
export { attributeEnergy, energyOver } from "./attribute.ts";
export { RESOLVING_RECORDS } from "./blocks.ts";
export {
  type Ensemble,
  isSupported,
  type RailRoot,
  type Reading,
  scaled,
  shareOf,
  sumOf,
  toEnergy,
} from "./ensemble.ts";
export { groupTokens, mergeUnsupported, type TimedToken, type TokenRange } from "./groups.ts";
export type { Limits, PowerBounds } from "./limits.ts";
export type { AttributionOptions, Latch } from "./options.ts";
export { defaultTotalRails, measuredRails } from "./rails.ts";
