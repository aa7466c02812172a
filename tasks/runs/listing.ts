import { threeDigits } from "../../lib/quantities.ts";
import { visibleText } from "../../lib/safe_text.ts";
import type { RunListing } from "../../lib/store/mod.ts";
import { tableLines } from "../frame/mod.ts";

/** Runs as a table, one line each. */
export function listing(runs: readonly RunListing[]): string[] {
  return tableLines(
    [
      { title: "run" },
      { title: "status" },
      { title: "model" },
      { title: "source" },
      { title: "tokens", right: true },
      { title: "tokens/s", right: true },
      { title: "mJ/token", right: true },
      { title: "prompt" },
    ],
    runs.map(({ runId, status, model, power, totals, prompt }) => [
      runId,
      status,
      visibleText(model.name),
      power.source,
      totals ? `${totals.generatedTokens}` : "–",
      rate(totals?.tokensPerSecond ?? null),
      rate(typeof totals?.joulesPerToken === "number" ? totals.joulesPerToken * 1000 : null),
      visibleText(prompt.length > 40 ? `${prompt.slice(0, 39)}…` : prompt).replaceAll("\n", " "),
    ]),
  );
}

function rate(value: number | null): string {
  return value === null ? "–" : threeDigits(value);
}
