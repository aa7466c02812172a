import type { Rail, RunSequence, RunTotals } from "../record.ts";
import { windowOf } from "./findings.ts";
import type { MeanRepetition } from "./mean_repetition.ts";
import type { Repetition } from "./messages.ts";
import { peakMw } from "./power_evidence.ts";
import type { Remains } from "./remains.ts";

/** What a run as a whole took, and what it costs by token. */
export function totalsOf(
  mean: MeanRepetition,
  repetitions: readonly Repetition[],
  { power }: Remains,
  { totalRails, loadMj, sequences }: {
    totalRails: readonly Rail[];
    loadMj: number | null;
    sequences: readonly RunSequence[];
  },
): RunTotals {
  const phase = (name: string) => mean.phases.find((one) => one.phase === name);
  const prefill = phase("prefill");
  const decode = phase("decode");
  const sum = (count: (of: RunSequence) => number) =>
    sequences.reduce((total, one) => total + count(one), 0);
  const promptTokens = sum((one) => one.promptTokens);
  const generatedTokens = sum((one) => one.generatedTokens);
  const decodedTokens = sum((one) => Math.max(0, one.generatedTokens - 1));
  const prefillMj = prefill?.energy.mj ?? null;
  const decodeMj = decode?.energy.mj ?? null;
  const { mj, lowMj, highMj } = mean.energy;
  const window = windowOf(repetitions);
  return {
    durationMs: mean.durationMs,
    energyMj: mj,
    lowMj,
    highMj,
    baselineMw: power.baseline.idleMw,
    peakMw: peakMw(power, window ? [window] : [], totalRails),
    meanMw: mj === null || mean.durationMs <= 0 ? null : mj / mean.durationMs * 1000,
    promptTokens,
    generatedTokens,
    decodedTokens,
    ttftMs: prefill && generatedTokens > 0 ? prefill.endMs : null,
    tokensPerSecond: decode && decodedTokens > 0 ? decodedTokens / decode.durationMs * 1000 : null,
    joulesPerToken: decodeMj !== null && decodedTokens > 0 ? decodeMj / 1000 / decodedTokens : null,
    joulesPerPromptToken: prefillMj === null ? null : prefillMj / 1000 / promptTokens,
    prefillMj,
    decodeMj,
    loadMj,
  };
}
