/**
 * How a figure grows with the size of models.
 *
 * @module
 */
import type { Scaling, ScalingPoint } from "../analysis/mod.ts";
import { answerFigure, type AnswerOptions, textOf, weightsText, whiskersNote } from "./answer.ts";
import type { Figure } from "./figure.ts";

/**
 * Draws a figure of models over the number of their weights, both in logarithms, with the power law
 * and where its mean may lie.
 *
 * @throws {InputError} If the width is no width.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { charts, type RunListing, scaling } from "@tokenwatt/tokenwatt";
 *
 * async function draw(runs: RunListing[]): Promise<void> {
 *   await charts.scaling(scaling(runs)).save("scaling.svg");
 * }
 * assert(typeof draw === "function");
 * ```
 */
export function scaling(result: Scaling, options: AnswerOptions = {}): Figure {
  const { points, power, metricName, unit } = result;
  const text = textOf(unit);
  const mixtures = points.some(({ isMixture }) => isMixture);
  const placed = points.filter((point) => sizeOf(point) !== null);
  return answerFigure(result, {
    title: `${metricName.charAt(0).toUpperCase()}${metricName.slice(1)} by size of the model`,
    caption: [
      ...power === null ? ["No line: a power law needs three sizes."] : [
        `Line: the power law of ${power.points} dense models (R² ${
          power.rSquared.toPrecision(3)
        }); its ` +
        "band is where its mean lies, not where the next model does.",
      ],
      ...mixtures ? ["Grey: mixtures of experts, by their active weights; not in the law."] : [],
      ...placed.length < points.length
        ? [`${points.length - placed.length} mixtures of unknown active weights are not drawn.`]
        : [],
      ...whiskersNote(placed.map(({ value }) => value)),
      "Both axes are logarithmic.",
    ],
    words: points.map(({ model, precision, parameters, value }) =>
      `${model} ${precision}, ${weightsText(parameters)} weights: ${text(value.value)}`
    ),
    draw: async (width) => {
      const { drawScaling } = await import("./answers_plot.ts");
      return drawScaling(result, placed, width);
    },
  }, options);
}

/** The weights that a token goes through. */
export function sizeOf({ isMixture, parameters, activeParameters }: ScalingPoint): number | null {
  return isMixture ? activeParameters : parameters;
}
