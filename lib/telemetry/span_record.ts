import type { ProfilingRun, RunTrace, StoredToken } from "../record.ts";

/** Attributes of a span; what is not known is left out. */
export type Attributes = Record<string, string | number | boolean>;

/** A span as it will be sent. */
export interface SpanRecord {
  /** `tokenwatt.run`, `tokenwatt.phase`, `tokenwatt.token`. */
  name: string;
  /** Epoch ms. */
  startMs: number;
  /** Epoch ms. */
  endMs: number;
  /** Units stand in their names. */
  attributes: Attributes;
  /** What it consists of. */
  children: SpanRecord[];
}

/**
 * A run as spans: run ⊃ phases of every repetition ⊃ tokens. Texts are in it only with `content`.
 * `null` for a run in which nothing was timed.
 */
export function spansOf(run: ProfilingRun, content: boolean): SpanRecord | null {
  const phases = run.trace.phases.map((phase) => phaseSpan(phase, run.trace.tokens, content));
  if (phases.length === 0) return null;
  const { model, totals, power } = run;
  return {
    name: "tokenwatt.run",
    startMs: phases.reduce((least, { startMs }) => Math.min(least, startMs), Infinity),
    endMs: phases.reduce((most, { endMs }) => Math.max(most, endMs), -Infinity),
    attributes: known({
      "tokenwatt.run_id": run.runId,
      "tokenwatt.status": run.status,
      "tokenwatt.model.precision": model.precision,
      "tokenwatt.model.family": model.family,
      "tokenwatt.power.source": power.source,
      "tokenwatt.power.kind": power.kind,
      "tokenwatt.power.rails": power.totalRails.join("+"),
      "tokenwatt.engine": run.runtime?.engine,
      "tokenwatt.provider": run.runtime?.provider,
      "tokenwatt.repetitions": run.measured.repetitions,
      "tokenwatt.energy_mj": totals.energyMj,
      "tokenwatt.energy_low_mj": totals.lowMj,
      "tokenwatt.energy_high_mj": totals.highMj,
      "tokenwatt.joules_per_token": totals.joulesPerToken,
      "tokenwatt.tokens_per_second": totals.tokensPerSecond,
      "tokenwatt.verdict": run.verdict,
      "gen_ai.request.model": model.name,
      "gen_ai.usage.input_tokens": totals.promptTokens,
      "gen_ai.usage.output_tokens": totals.generatedTokens,
      ...(content ? { "tokenwatt.prompt": run.prompt, "tokenwatt.response": run.response } : {}),
    }),
    children: phases,
  };
}

function phaseSpan(
  { name, repetition, startMs, endMs, energyMj }: RunTrace["phases"][number],
  tokens: readonly StoredToken[],
  content: boolean,
): SpanRecord {
  const own = repetition === null
    ? []
    : tokens.filter((token) => token.repetition === repetition && token.phase === name);
  return {
    name: "tokenwatt.phase",
    startMs,
    endMs,
    attributes: known({
      "tokenwatt.phase": name,
      "tokenwatt.repetition": repetition,
      "tokenwatt.energy_mj": energyMj,
    }),
    children: own.map((token) => tokenSpan(token, content)),
  };
}

function tokenSpan(token: StoredToken, content: boolean): SpanRecord {
  return {
    name: "tokenwatt.token",
    startMs: token.startMs,
    endMs: token.endMs,
    attributes: known({
      "tokenwatt.token.index": token.index,
      "tokenwatt.phase": token.phase,
      "tokenwatt.repetition": token.repetition,
      "tokenwatt.energy_mj": token.energyMj,
      "tokenwatt.energy_low_mj": token.lowMj,
      "tokenwatt.energy_high_mj": token.highMj,
      "tokenwatt.energy_method": token.method,
      "tokenwatt.energy_resolved": token.resolved,
      ...(content ? { "tokenwatt.token.id": token.id, "tokenwatt.token.text": token.text } : {}),
    }),
    children: [],
  };
}

/** What was not measured has no attribute: a 0 would be a figure. */
function known(values: Record<string, string | number | boolean | null | undefined>): Attributes {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== null && value !== undefined),
  ) as Attributes;
}
