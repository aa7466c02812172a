/**
 * Plot's picture as content of ours.
 *
 * @module
 */
import * as Plot from "@observablehq/plot";
import { createDocument } from "./document.ts";
import { color } from "./theme.ts";

/** Font size of axes and labels, in px. */
export const AXIS_SIZE = 11;

/** Draws a plot and returns what is inside its `svg`, without Plot's own style, which assumes a white page. */
export function plotContent(options: Plot.PlotOptions): string {
  const plot = Plot.plot({ ...options, document: createDocument() });
  if (plot.tagName.toLowerCase() !== "svg") {
    throw new Error("Cannot embed the plot: it has a title or a legend of its own");
  }
  plot.querySelector("style")?.remove();
  return `<g font-size="${AXIS_SIZE}" text-anchor="middle" fill="${
    color("ink")
  }">${plot.innerHTML}</g>`;
}
