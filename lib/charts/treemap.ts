/**
 * Energy as area: phases, families, components.
 *
 * @module
 */
import type { TreeRun } from "./energy_tree.ts";
import type { Figure } from "./figure.ts";
import type { ChartOptions } from "./inside_notes.ts";
import { treeFigure } from "./tree_figure.ts";

/** How a treemap is drawn. */
export interface TreemapOptions extends ChartOptions {
  /** What stands inside a phase: components, all layers together, or layers; components unless given. */
  by?: "component" | "layer";
}

/**
 * Draws the energy of each phase as an area, divided by component, or by layer and component.
 *
 * @throws {InputError} If the width is no width.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { charts } from "@tokenwatt/tokenwatt";
 * import type { ProfilingRun } from "@tokenwatt/tokenwatt";
 *
 * async function draw(run: ProfilingRun): Promise<void> {
 *   await charts.treemap(run, { by: "layer" }).save("treemap.svg");
 * }
 * assert(typeof draw === "function");
 * ```
 */
export function treemap(run: TreeRun, options: TreemapOptions = {}): Figure {
  const { by = "component" } = options;
  return treeFigure(run, options, {
    rest: by === "layer" ? "by phase, layer and component" : "by phase and component",
    order: by,
    notes: ["Areas are energies."],
    draw: async (tree, width) => {
      const { drawTreemap } = await import("./treemap_plot.ts");
      return drawTreemap(tree, width);
    },
  });
}
