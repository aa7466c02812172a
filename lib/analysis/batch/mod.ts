/**
 * What the batch size costs.
 *
 * @module
 */
export { type BatchCost, batchCost, type BatchPoint } from "./batch_cost.ts";
