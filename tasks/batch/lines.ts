import type { BatchCost } from "../../lib/analysis/mod.ts";
import { closingLines, estimateLines, estimateText, figureText } from "../answers/lines.ts";

/** Batch sizes, the best marked, and what a step costs by itself. */
export function batchLines(result: BatchCost): string[] {
  const { points, optimum, step } = result;
  return [
    ...estimateLines(
      [
        { title: "batch", right: true },
        { title: "runs", right: true },
        { title: "tokens/s", right: true },
        { title: "mJ/token", right: true },
        { title: "" },
      ],
      points.map((point) => [
        `${point.batchSize}`,
        `${point.runs}`,
        figureText(point.tokensPerSecond),
        figureText(point.joulesPerToken, 1000),
        point.batchSize === optimum ? "least" : point.isAmongBest ? "not told from it" : "",
      ]),
    ),
    "",
    ...(step
      ? [
        `Step    ${estimateText(step.fixedMj)} mJ, and ${
          estimateText(step.perSequenceMj)
        } mJ for ` +
        `each sequence; R² ${step.rSquared.toFixed(3)}`,
      ]
      : []),
    ...closingLines(result),
  ];
}
