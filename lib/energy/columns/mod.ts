/**
 * Below tokens: thousands of spans and their parts as columns, dealt by the weights of a twin.
 *
 * @module
 */
export { attributeColumns, groupWeights, type WeightColumns } from "./attribute.ts";
export {
  columnsOf,
  type EnergyColumns,
  type RailColumns,
  sharedEnergyAt,
  type SpanColumns,
  totalColumns,
} from "./columns.ts";
export { gatherColumns } from "./gather.ts";
export { withRest } from "./rest.ts";
