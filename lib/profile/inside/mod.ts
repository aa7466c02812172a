/**
 * What the twins told, put together with what was measured.
 *
 * @module
 */
export { type Inside, insideOf, type MeanSpans } from "./inside_of.ts";
export { insideFindings } from "./findings.ts";
export { writeInside } from "./write_inside.ts";
