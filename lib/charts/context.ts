/**
 * What the length of the context costs.
 *
 * @module
 */
import type { ContextCost, ContextGrowth } from "../analysis/mod.ts";
import { NOT_MEASURED } from "../quantities.ts";
import { answerFigure, type AnswerOptions, textOf, whiskersNote } from "./answer.ts";
import type { Figure } from "./figure.ts";

/**
 * Draws energy and time of a decoded token over the tokens that its cache holds, with the lines
 * that were fitted and where they bend.
 *
 * @throws {InputError} If the width is no width.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { charts, contextCost, type RunListing } from "@tokenwatt/tokenwatt";
 *
 * async function draw(runs: RunListing[]): Promise<void> {
 *   await charts.context(contextCost(runs)).save("context.svg");
 * }
 * assert(typeof draw === "function");
 * ```
 */
export function context(result: ContextCost, options: AnswerOptions = {}): Figure {
  const { points, energy, time, model } = result;
  const joules = textOf("J");
  const unmeasured = points.filter(({ joulesPerToken }) => joulesPerToken === null).length;
  return answerFigure(result, {
    title: `${model}: what context costs`,
    caption: [
      ...unmeasured === 0 ? [] : [
        `The energy was ${NOT_MEASURED} at ${unmeasured} of ${points.length} lengths.`,
      ],
      ...slopeNote("energy", energy, joules),
      ...slopeNote("time", time, textOf("ms")),
      ...whiskersNote(points.map(({ joulesPerToken }) => joulesPerToken)),
    ],
    words: points.map(({ contextTokens, joulesPerToken }) =>
      `${contextTokens} tokens in the cache: ${
        joulesPerToken === null ? NOT_MEASURED : joules(joulesPerToken.value)
      } per token`
    ),
    draw: async (width) => {
      const { drawContext } = await import("./answers_plot.ts");
      return drawContext(result, width);
    },
  }, options);
}

function slopeNote(
  what: string,
  growth: ContextGrowth | null,
  text: (value: number) => string,
): string[] {
  if (growth === null) return [`No line for ${what}: it needs three lengths.`];
  const { perThousandTokens: { value, low, high, resolved }, rSquared } = growth;
  const ends = low === null || high === null ? "" : ` (${text(low)} to ${text(high)})`;
  return [
    `Line of ${what}: ${text(value)}${ends} for 1,000 tokens, R² ${rSquared.toPrecision(3)}` +
    (resolved ? "." : "; its interval holds 0."),
  ];
}
