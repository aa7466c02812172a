import type { Tradeoff } from "../../lib/analysis/mod.ts";
import { visibleText } from "../../lib/safe_text.ts";
import { closingLines, estimateLines, figureText } from "../answers/lines.ts";

/** Ways to run, the cheapest first, those of the front marked. */
export function tradeoffLines(result: Tradeoff): string[] {
  const { points, knee } = result;
  return [
    ...estimateLines(
      [
        { title: "way to run" },
        { title: "runs", right: true },
        { title: "mJ/token", right: true },
        { title: "tokens/s", right: true },
        { title: "" },
      ],
      points.map((point) => [
        visibleText(point.label),
        `${point.runs}`,
        figureText(point.joulesPerToken, 1000),
        figureText(point.tokensPerSecond),
        mark(point, knee),
      ]),
    ),
    "",
    ...closingLines(result),
  ];
}

function mark(
  { label, isOnFront, surelyBeatenBy }: Tradeoff["points"][number],
  knee: string | null,
): string {
  if (label === knee) return "front, knee";
  if (isOnFront) return "front";
  return surelyBeatenBy.length === 0 ? "beaten, not surely" : "beaten";
}
