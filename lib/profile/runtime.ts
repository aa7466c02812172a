import { providerDetail } from "../inference/mod.ts";
import type { RunRuntime, RunSequence, TokenEnergy } from "../record.ts";
import type { Evidence } from "./evidence.ts";
import type { RunsOn } from "./messages.ts";

/** What the model ran on, and what that means for detail; `null` where it is not known. */
export function runtimeOf(
  runsOn: RunsOn | null,
  sequences: RunSequence[],
): RunRuntime | null {
  return runsOn && { ...runsOn, detail: providerDetail(runsOn.provider), sequences };
}

/** Each text with its answer. Of a batch that was cut short all count as still under way. */
export function sequencesOf(
  { promptTokens, evidence: { answers } }: {
    promptTokens: readonly number[];
    evidence: Pick<Evidence, "answers">;
  },
  tokens: readonly TokenEnergy[],
): RunSequence[] {
  const first = tokens.map(({ text }) => text).join("");
  return promptTokens.map((count, row) => ({
    promptTokens: count,
    generatedTokens: tokens.length,
    response: row === 0 ? first : "",
    ...answers[row],
  }));
}
