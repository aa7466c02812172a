/**
 * Speed against energy.
 *
 * @module
 */
import type { Tradeoff } from "../analysis/mod.ts";
import { answerFigure, type AnswerOptions, textOf, whiskersNote } from "./answer.ts";
import type { Figure } from "./figure.ts";

/**
 * Draws tokens per second against energy per token: the ways to run that none beats at both are
 * joined, the others grey.
 *
 * @throws {InputError} If the width is no width.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { charts, type RunListing, tradeoff } from "@tokenwatt/tokenwatt";
 *
 * async function draw(runs: RunListing[]): Promise<void> {
 *   await charts.tradeoff(tradeoff(runs)).save("tradeoff.svg");
 * }
 * assert(typeof draw === "function");
 * ```
 */
export function tradeoff(result: Tradeoff, options: AnswerOptions = {}): Figure {
  const { points, knee } = result;
  const [joules, rate] = [textOf("J"), textOf("1/s")];
  const maybe =
    points.filter(({ isOnFront, surelyBeatenBy }) => !isOnFront && surelyBeatenBy.length === 0)
      .length;
  return answerFigure(result, {
    title: "Speed against energy",
    caption: [
      "Right is faster, low is cheaper. Joined: no other is both faster and cheaper.",
      ...knee === null ? [] : ["Ringed: behind it, speed costs more."],
      ...maybe === 0 ? [] : [
        `${maybe} of the grey ones may belong to the front: their intervals reach it.`,
      ],
      ...whiskersNote(points.map(({ joulesPerToken }) => joulesPerToken)),
    ],
    words: points.map(({ label, joulesPerToken, tokensPerSecond, isOnFront }) =>
      `${label}: ${joules(joulesPerToken.value)} per token at ${rate(tokensPerSecond.value)}` +
      (isOnFront ? ", on the front" : "")
    ),
    draw: async (width) => {
      const { drawTradeoff } = await import("./answers_plot.ts");
      return drawTradeoff(result, width);
    },
  }, options);
}
