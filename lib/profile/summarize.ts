import {
  deconvolve,
  defaultTotalRails,
  energyOver,
  measuredRails,
  stepPowers,
} from "../energy/mod.ts";
import type {
  EnergySpan,
  Finding,
  ProfilingRun,
  Rail,
  RunHeader,
  RunSequence,
  RunTotals,
  RunTrace,
  StoredToken,
} from "../record.ts";
import { amplifiedInside, type AmplifiedLoops } from "./amplify/mod.ts";
import type { Window } from "./baseline.ts";
import { refuseLongBatches } from "./batched_rails.ts";
import type { Evidence, PowerEvidence } from "./evidence.ts";
import type { Explained } from "./explain.ts";
import { findingsOf, windowOf } from "./findings.ts";
import { type Inside, insideFindings, insideOf } from "./inside/mod.ts";
import { interTokenLatency } from "./latency.ts";
import { type MeanRepetition, meanRepetition } from "./mean_repetition.ts";
import type { Repetition, RunsOn } from "./messages.ts";
import type { ProfilePlan } from "./options.ts";
import { deconvolvedFindings, resolveFindings } from "./resolve/mod.ts";
import { runtimeOf, sequencesOf } from "./runtime.ts";
import { verdictOf } from "./verdict.ts";

/** What happened outside of the measured window. */
export interface Outer {
  load: Window | null;
  warmUp: Window | null;
  before: Window | null;
  after: Window | null;
}

/** All that a run left behind. */
export interface Remains {
  runId: string;
  header: RunHeader;
  /** Of each text that was answered at once. */
  promptTokens: readonly number[];
  /** What the model ran on; `null` where an earlier version did not keep it. */
  runsOn?: RunsOn | null;
  plan: ProfilePlan;
  evidence: Evidence;
  interrupted: boolean;
  /** What the twins told; absent at depth `token`, and where the run was stopped before them. */
  explained?: Explained | null;
  /** Components that were repeated by themselves; `null` where none were. */
  loops?: AmplifiedLoops | null;
  /** Of those loops against the answer; `null` where the source does not tell frequencies. */
  frequencyChange?: number | null;
  outer: Outer;
  power: PowerEvidence;
  /** What was found about the records. */
  sampling: readonly Finding[];
  /** What was found about the machine while they were taken. */
  observed: readonly Finding[];
}

/** A run, and what of its inside goes into a database row by row. */
export interface Summary {
  run: ProfilingRun;
  inside: Inside | null;
}

/** Makes a run of what was seen: pure, so that a stored run can be derived again. */
export function summarize(given: Remains): Summary {
  const { evidence, interrupted, header, plan } = given;
  const repetitions = evidence.complete(interrupted);
  const { power, findings } = refuseLongBatches(given.power, windowOf(repetitions));
  const remains = { ...given, power };
  const sampling = [...remains.sampling, ...remains.observed, ...findings];
  const totalRails = totalRailsOf(power);
  const { idleMw, errorMw } = power.baseline;
  const attribution = {
    totalRails,
    clockBoundMs: power.boundMs ?? 0,
    latchMs: power.latchMs,
    batchedRails: power.batchedRails,
    statedError: power.info.statedError,
    seed: plan.seed,
    ...(idleMw === null ? {} : { idleMw, idleErrorMw: errorMw }),
  };
  const { steps } = evidence;
  const told = plan.resolve === "repetitions" && power.info.kind !== "estimated"
    ? deconvolve(repetitions.map((one) => evidence.tokensOf(one)), power.samples, attribution)
    : null;
  const repeated = steps === null ? [] : stepPowers(steps.blocks, power.samples, attribution);
  const options = { ...attribution, reading: attribution };
  const mean = told === null
    ? meanRepetition(evidence, repetitions, power, options, repeated)
    : meanRepetition(evidence, repetitions, power, options, told.powers, "deconvolved");
  const { depth } = plan;
  const explained = remains.explained ?? null;
  const inside = explained === null || depth === "token"
    ? null
    : insideOf(explained, mean.spans, depth, attribution);
  const amplified = inside && remains.loops
    ? amplifiedInside(inside.inside, {
      loops: remains.loops,
      samples: power.samples,
      phase: mean.spans.phase,
      frequencyChange: remains.frequencyChange ?? null,
    }, attribution)
    : null;
  const wasStopped = interrupted || remains.loops?.interrupted === true ||
    steps?.interrupted === true ||
    explained?.interrupted === true ||
    (explained === null && remains.explained !== undefined && depth !== "token");
  const loadMj = remains.outer.load
    ? energyOver(power.samples, remains.outer.load.startMs, remains.outer.load.endMs, attribution)
      .mj
    : null;
  const sequences = sequencesOf(remains, mean.tokens);
  const trace = traceOf(mean.tree, repetitions, remains, attribution);
  const run = {
    runId: remains.runId,
    status: wasStopped ? "interrupted" as const : "complete" as const,
    model: header.model,
    prompt: header.prompt,
    response: sequences[0]?.response ?? "",
    runtime: runtimeOf(remains.runsOn ?? null, sequences),
    power: { ...header.power, totalRails, boundMs: power.boundMs },
    findings: [
      ...findingsOf(power, repetitions, sampling, header.power.observerMw),
      ...resolveFindings(
        steps?.check ?? null,
        told === null ? mean.scale : null,
        repeated,
        mean.tokens.map(({ startMs, endMs }) => endMs - startMs),
      ),
      ...deconvolvedFindings(told),
      ...insideFindings(inside?.inside ?? null),
      ...amplified?.findings ?? [],
    ],
    measured: {
      repetitions: repetitions.length,
      durationMs: mean.durationMs * repetitions.length,
      energyMj: mean.energy.mj === null ? null : mean.energy.mj * repetitions.length,
    },
    phases: mean.phases,
    sections: mean.sections,
    tokens: mean.tokens,
    groups: mean.groups,
    totals: totalsOf(mean, repetitions, remains, { totalRails, loadMj, sequences }),
    inside: amplified?.inside ?? inside?.inside ?? null,
    latency: interTokenLatency({ trace }),
    trace,
  };
  return { run: { ...run, verdict: verdictOf(run) }, inside };
}

function totalRailsOf({ info, samples }: PowerEvidence): Rail[] {
  const measured = measuredRails(samples);
  const stated = info.totalRails.filter((rail) => measured.includes(rail));
  return stated.length > 0 ? stated : defaultTotalRails(samples);
}

function totalsOf(
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
  return {
    durationMs: mean.durationMs,
    energyMj: mj,
    lowMj,
    highMj,
    baselineMw: power.baseline.idleMw,
    peakMw: peakMw(power, repetitions, totalRails),
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

/** A batch holds the energy of many records: the power of the one that it came in is nobody's. */
function peakMw(
  { samples, batchedRails }: PowerEvidence,
  repetitions: readonly Repetition[],
  totalRails: readonly Rail[],
): number | null {
  const window = windowOf(repetitions);
  if (!window || totalRails.some((rail) => batchedRails.includes(rail))) return null;
  const powers = samples.filter(({ startMs, endMs }) => {
    const middleMs = (startMs + endMs) / 2;
    return middleMs >= window.startMs && middleMs <= window.endMs;
  }).map(({ startMs, endMs, energyMj }) =>
    totalRails.reduce((sum, rail) => sum + (energyMj[rail] ?? 0), 0) / (endMs - startMs) * 1000
  );
  return powers.length === 0 ? null : Math.max(...powers);
}

function traceOf(
  tree: EnergySpan,
  repetitions: readonly Repetition[],
  { outer, power, evidence }: Remains,
  attribution: { totalRails: readonly Rail[] },
): RunTrace {
  const outside = (name: string, window: Window | null): RunTrace["phases"] =>
    window && window.endMs > window.startMs
      ? [{
        name,
        repetition: null,
        ...window,
        energyMj: energyOver(power.samples, window.startMs, window.endMs, attribution).mj,
      }]
      : [];
  return {
    samples: power.samples,
    phases: [
      ...outside("model_load", outer.load),
      ...outside("warm_up", outer.warmUp),
      ...outside("baseline", outer.before),
      ...tree.children.flatMap((repetition) =>
        repetition.children.map(({ name, startMs, endMs, energy }) => ({
          name,
          repetition: Number(repetition.name),
          startMs: startMs ?? 0,
          endMs: endMs ?? 0,
          energyMj: energy.mj,
        }))
      ).filter(({ repetition }) => Number.isInteger(repetition)),
      ...outside("baseline", outer.after),
    ],
    tokens: repetitions.flatMap((repetition) => {
      const energies = tokenEnergies(tree, repetition);
      return evidence.tokensOf(repetition).map((token) => ({
        ...token,
        ...energies.get(token.index),
      }));
    }),
  };
}

/** Each repetition's own energies: the first token holds its prefill. */
function tokenEnergies(
  tree: EnergySpan,
  { index }: Repetition,
): Map<number, Partial<StoredToken>> {
  const found = new Map<number, Partial<StoredToken>>();
  const take = (at: number, { energy }: EnergySpan) => {
    const { mj, lowMj, highMj, interval, method, resolved } = energy;
    found.set(at, { energyMj: mj, lowMj, highMj, interval, method, resolved });
  };
  const walk = (span: EnergySpan) => {
    if (span.kind === "token") take(Number(span.name), span);
    if (span.kind === "phase" && span.name === "prefill") take(0, span);
    span.children.forEach(walk);
  };
  tree.children.filter(({ kind, name }) => kind === "repetition" && name === `${index}`)
    .forEach(walk);
  return found;
}
