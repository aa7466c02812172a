import type { ContextCost, ContextGrowth } from "../../lib/analysis/mod.ts";
import { threeDigits } from "../../lib/quantities.ts";
import {
  closingLines,
  estimateLines,
  estimateText,
  figureText,
  NONE,
  probabilityText,
} from "../answers/lines.ts";
import { formatBytes } from "../runs/bytes.ts";

/** Lengths of the context, and the lines through them. */
export function contextLines(result: ContextCost): string[] {
  const { points, energy, time, mjPerKvMegabyte } = result;
  return [
    ...estimateLines(
      [
        { title: "prompt", right: true },
        { title: "in cache", right: true },
        { title: "KV cache", right: true },
        { title: "runs", right: true },
        { title: "mJ/token", right: true },
        { title: "tokens/s", right: true },
        { title: "mJ/prompt token", right: true },
      ],
      points.map((point) => [
        `${point.promptTokens}`,
        threeDigits(point.contextTokens),
        point.kvBytes === null ? NONE : formatBytes(Math.round(point.kvBytes)),
        `${point.runs}`,
        figureText(point.joulesPerToken, 1000),
        figureText(point.tokensPerSecond),
        figureText(point.joulesPerPromptToken, 1000),
      ]),
    ),
    "",
    ...growthLine("Energy", energy, 1000, "mJ"),
    ...growthLine("Time  ", time, 1, "ms"),
    ...(mjPerKvMegabyte ? [`Cache   ${estimateText(mjPerKvMegabyte)} mJ for each MB of it`] : []),
    ...closingLines(result),
  ];
}

function growthLine(
  name: string,
  growth: ContextGrowth | null,
  factor: number,
  unit: string,
): string[] {
  if (growth === null) return [];
  const { perThousandTokens, atEmptyCache, rSquared, knee } = growth;
  const bend = knee === null
    ? "no knee can be seen"
    : `knee at ${Math.round(knee.at)} tokens (p ${probabilityText(knee.p)})`;
  return [
    `${name}  ${estimateText(atEmptyCache, factor)} ${unit} with an empty cache, ` +
    `${estimateText(perThousandTokens, factor)} ${unit} more for 1,000 tokens in it; ` +
    `R² ${rSquared.toFixed(3)}; ${bend}`,
  ];
}
