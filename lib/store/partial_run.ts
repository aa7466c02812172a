import {
  type Phase,
  type ProfilingRun,
  type RunTrace,
  type TokenEnergy,
  UNMEASURED,
} from "../record.ts";
import { leastBy, mostBy } from "../sample.ts";

/** What a run without a result can still say: its first repetition stands for the mean one. */
export function partialResult(
  trace: RunTrace,
): Pick<
  ProfilingRun,
  | "measured"
  | "phases"
  | "sections"
  | "tokens"
  | "groups"
  | "totals"
  | "response"
  | "inside"
  | "latency"
  | "runtime"
> {
  const first = [...trace.phases, ...trace.tokens].filter(({ repetition }) => repetition === 0);
  const originMs = leastBy(first, ({ startMs }) => startMs);
  const phases = trace.phases.filter((phase) => phase.repetition === 0).map((phase) => ({
    phase: phase.name as Phase,
    startMs: phase.startMs - originMs,
    endMs: phase.endMs - originMs,
    durationMs: phase.endMs - phase.startMs,
    energy: UNMEASURED,
  }));
  const tokens = trace.tokens.filter((token) => token.repetition === 0).map(
    ({ repetition: _, ...token }, group): TokenEnergy => ({
      ...token,
      startMs: token.startMs - originMs,
      endMs: token.endMs - originMs,
      energyMj: null,
      lowMj: null,
      highMj: null,
      interval: null,
      method: null,
      resolved: false,
      group,
    }),
  );
  const groups = tokens.map(({ index, phase, startMs, endMs }) => ({
    firstIndex: index,
    lastIndex: index,
    phase,
    durationMs: endMs - startMs,
    energy: UNMEASURED,
  }));
  const response = tokens.map((token) => token.text).join("");
  const { measured, totals } = { measured: measuredOf(trace), totals: totalsOf(phases, tokens) };
  return {
    measured,
    phases,
    sections: [],
    tokens,
    groups,
    totals,
    response,
    inside: null,
    latency: null,
    runtime: null,
  };
}

function measuredOf({ phases, tokens }: RunTrace): ProfilingRun["measured"] {
  const inside = [...phases.filter((phase) => phase.repetition !== null), ...tokens];
  if (inside.length === 0) return { repetitions: 0, durationMs: 0, energyMj: null };
  return {
    repetitions: mostBy(inside, (span) => span.repetition ?? 0) + 1,
    durationMs: mostBy(inside, (span) => span.endMs) - leastBy(inside, (span) => span.startMs),
    energyMj: null,
  };
}

function totalsOf(
  phases: { endMs: number }[],
  tokens: readonly TokenEnergy[],
): ProfilingRun["totals"] {
  const [first, last] = [tokens[0], tokens.at(-1)];
  const decodeMs = first && last ? last.endMs - first.endMs : 0;
  return {
    durationMs: Math.max(0, ...phases.map((phase) => phase.endMs), last?.endMs ?? 0),
    energyMj: null,
    lowMj: null,
    highMj: null,
    baselineMw: null,
    peakMw: null,
    meanMw: null,
    // The vocabulary has no "unknown" here; the prompt's tokens are not rows.
    promptTokens: 0,
    generatedTokens: tokens.length,
    decodedTokens: Math.max(0, tokens.length - 1),
    ttftMs: first?.endMs ?? null,
    tokensPerSecond: decodeMs > 0 ? (tokens.length - 1) / decodeMs * 1000 : null,
    joulesPerToken: null,
    joulesPerPromptToken: null,
    prefillMj: null,
    decodeMj: null,
    loadMj: null,
  };
}
