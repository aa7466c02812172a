import type { PhaseModel, Prediction, PredictionTarget } from "../../lib/analysis/mod.ts";
import { threeDigits } from "../../lib/quantities.ts";
import { visibleText } from "../../lib/safe_text.ts";
import { closingLines, estimateText } from "../answers/lines.ts";
import { tableLines } from "../frame/mod.ts";

/** What is predicted, from what, and how wrong that was for models that were left out. */
export function predictionLines(
  result: Prediction,
  { promptTokens, newTokens }: PredictionTarget,
): string[] {
  const { prefill, decode, prefillJoules, joulesPerToken, joules, models } = result;
  const row = (name: string, model: PhaseModel) => [
    name,
    threeDigits(1000 * model.fixedJoules),
    threeDigits(1e12 * model.joulesPerFlop),
    threeDigits(1e12 * model.joulesPerByte),
    threeDigits(model.crossValidated.typicalPercent),
  ];
  return [
    `Prefill  ${estimateText(prefillJoules)} J for ${promptTokens} tokens`,
    `Decode   ${estimateText(joulesPerToken)} J a token`,
    `In all   ${estimateText(joules)} J with ${newTokens} new tokens`,
    "",
    ...tableLines([
      { title: "learned" },
      { title: "fixed, mJ", right: true },
      { title: "pJ/operation", right: true },
      { title: "pJ/byte", right: true },
      { title: "error of left-out models, %", right: true },
    ], [row("prefill", prefill), row("decode step", decode)]),
    "",
    `From ${visibleText(models.join(", "))}`,
    ...closingLines(result),
  ];
}
