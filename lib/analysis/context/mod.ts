/**
 * What the length of the context costs.
 *
 * @module
 */
export {
  type ContextCost,
  contextCost,
  type ContextGrowth,
  type ContextPoint,
} from "./context_cost.ts";
export type { Knee } from "./knee.ts";
