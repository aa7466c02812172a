/**
 * What the batch size costs.
 *
 * @module
 */
import type { BatchCost } from "../analysis/mod.ts";
import { NOT_MEASURED } from "../quantities.ts";
import { answerFigure, type AnswerOptions, textOf, whiskersNote } from "./answer.ts";
import type { Figure } from "./figure.ts";

/**
 * Draws energy per token and tokens per second over the batch size; those that cannot be told from
 * the best are in colour.
 *
 * @throws {InputError} If the width is no width.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { batchCost, charts, type RunListing } from "@tokenwatt/tokenwatt";
 *
 * async function draw(runs: RunListing[]): Promise<void> {
 *   await charts.batch(batchCost(runs)).save("batch.svg");
 * }
 * assert(typeof draw === "function");
 * ```
 */
export function batch(result: BatchCost, options: AnswerOptions = {}): Figure {
  const { points, model, optimum } = result;
  const joules = textOf("J");
  const unmeasured = points.filter(({ joulesPerToken }) => joulesPerToken === null).length;
  return answerFigure(result, {
    title: `${model}: what the batch size costs`,
    caption: [
      ...optimum === null ? [] : [
        "Ringed: the least energy by token. In colour: cannot be told from it (p ≥ 0.05 after Holm's " +
        "correction).",
      ],
      ...unmeasured === 0 ? [] : [
        `The energy was ${NOT_MEASURED} at ${unmeasured} of ${points.length} sizes.`,
      ],
      ...whiskersNote(points.map(({ joulesPerToken }) => joulesPerToken)),
      "A batch of B makes B tokens a step.",
    ],
    words: points.map(({ batchSize, joulesPerToken }) =>
      `batch ${batchSize}: ${
        joulesPerToken === null ? NOT_MEASURED : joules(joulesPerToken.value)
      } per token`
    ),
    draw: async (width) => {
      const { drawBatch } = await import("./answers_plot.ts");
      return drawBatch(result, width);
    },
  }, options);
}
