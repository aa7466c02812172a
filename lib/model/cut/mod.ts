/**
 * A component's nodes, of all layers, as a model of their own.
 *
 * @module
 */
export { checkComponents } from "./check_components.ts";
export {
  type ComponentCut,
  cutComponents,
  type CutModel,
  type CutTensor,
  hasOwnWeights,
} from "./cut_components.ts";
export { emptyModel } from "./empty_model.ts";
