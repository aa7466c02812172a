/**
 * The parts of d3 that charts use, with their types: d3 alone is silently `any` under Deno.
 *
 * @module
 */
// @ts-types="@types/d3"
export {
  hierarchy,
  type HierarchyRectangularNode,
  partition,
  scaleLinear,
  treemap,
  treemapSquarify,
} from "d3";
