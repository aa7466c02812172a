/**
 * The whole tree of a run: each row divides the one above it.
 *
 * @module
 */
import type { TreeRun } from "./energy_tree.ts";
import type { Figure } from "./figure.ts";
import type { ChartOptions } from "./inside_notes.ts";
import { treeFigure } from "./tree_figure.ts";

/**
 * Draws run, phases, layers, components and operations as rows whose widths are energies.
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
 *   await charts.icicle(run).save("tree.svg");
 * }
 * assert(typeof draw === "function");
 * ```
 */
export function icicle(run: TreeRun, options: ChartOptions = {}): Figure {
  return treeFigure(run, options, {
    rest: "of run, phases, layers and components",
    order: "layer",
    notes: ["Widths are energies; each row divides the one above it."],
    draw: async (tree, width) => {
      const { drawIcicle } = await import("./icicle_plot.ts");
      return drawIcicle(tree, width);
    },
  });
}
