import type { Finding } from "../../record.ts";
import {
  type AcceptedDifference,
  checkConditions,
  type ComparisonMetric,
  type Figure,
  figureOf,
  having,
} from "../compare/mod.ts";
import type { Estimate } from "../estimate.ts";
import { estimateOfFit } from "../estimate_of_fit.ts";
import { oneModel } from "../one_subject.ts";
import { ofOneText, processOf, type RunRecord } from "../run_record.ts";
import { fitLeastSquares, relativeWorths } from "../statistics/mod.ts";
import { type Knee, kneeOf } from "./knee.ts";
import { verdictOf } from "./verdict.ts";

/** What decoding costs at one length of the context. */
export interface ContextPoint {
  /** Tokens that the cache holds in the mean decode step. */
  contextTokens: number;
  /** Tokens of the prompt. */
  promptTokens: number;
  /** Bytes of the KV cache in the mean step; `null` where they are not known. */
  kvBytes: number | null;
  /** Runs at this length. */
  runs: number;
  /** Decode energy by token, in J; `null` where it was not measured. */
  joulesPerToken: Figure | null;
  /** Decode rate, in 1/s. */
  tokensPerSecond: Figure | null;
  /** Prefill energy by token of the prompt, in J. */
  joulesPerPromptToken: Figure | null;
}

/** How a cost of a decode step grows with the context, as a line. */
export interface ContextGrowth {
  /** More for each thousand tokens in the cache. `resolved` where the interval leaves out 0. */
  perThousandTokens: Estimate;
  /** With an empty cache. */
  atEmptyCache: Estimate;
  /** Share of the variance that the line explains. */
  rSquared: number;
  /** Where the line bends; `null` where no bend can be seen. */
  knee: Knee | null;
}

/** What the length of the context costs. */
export interface ContextCost {
  /** Which model. */
  model: string;
  /** By length. */
  points: ContextPoint[];
  /** Of J per decoded token; `null` for fewer than three lengths. */
  energy: ContextGrowth | null;
  /** Of ms per decoded token. */
  time: ContextGrowth | null;
  /** What a MB more of KV cache costs a step, in mJ; `null` where it is not known. */
  mjPerKvMegabyte: Estimate | null;
  /** What a reader must know. */
  findings: Finding[];
  /** What was left out, and what limits the answer. */
  notes: string[];
  /** One line. */
  verdict: string;
}

/**
 * How the energy and the time of a decode step grow with the tokens in the cache, and where that
 * line bends.
 *
 * Lines of least squares over processes (runs, where processes are not known), at three lengths of
 * the prompt at least.
 *
 * @param runs of one model, with prompts of several lengths
 * @throws {InputError} if they are of several models, machines or sources
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { contextCost, ProfileDatabase } from "@tokenwatt/tokenwatt";
 *
 * function verdict(database: ProfileDatabase): string {
 *   return contextCost(database.getRuns({ experiment: "context", limit: -1 })).verdict;
 * }
 * assert(typeof verdict === "function");
 * ```
 */
export function contextCost(
  runs: readonly RunRecord[],
  options: { accept?: readonly AcceptedDifference[] } = {},
): ContextCost {
  const leftOut: string[] = [];
  const found = having(ofOneText(runs, leftOut), "tokensPerSecond");
  const model = oneModel(found, "what context costs");
  const groups = [...Map.groupBy(found, contextOf)].sort(([a], [b]) => a - b);
  const { findings, notes } = checkConditions([found], true, options.accept);
  notes.push(...leftOut);
  const energy = growthOf(found, "joulesPerToken", ({ totals }) => totals!.joulesPerToken!);
  const time = growthOf(found, "tokensPerSecond", ({ totals }) => 1000 / totals!.tokensPerSecond!);
  if (groups.length < 3) notes.push(`${groups.length} lengths: a line needs three`);
  const kvBytes = found[0]?.details?.model?.kvBytesPerToken ?? null;
  const result: Omit<ContextCost, "verdict"> = {
    model: model.name,
    points: groups.map(([context, group]) => pointOf(context, group)),
    energy,
    time,
    mjPerKvMegabyte: energy && kvBytes ? perMegabyte(energy, kvBytes) : null,
    findings,
    notes,
  };
  return { ...result, verdict: verdictOf(result) };
}

/** Token i of the answer finds the prompt and i − 1 tokens in the cache; the mean over i from 1. */
function contextOf({ totals }: RunRecord): number {
  return totals!.promptTokens + (totals!.generatedTokens - 2) / 2;
}

function pointOf(contextTokens: number, group: readonly RunRecord[]): ContextPoint {
  const bytes = group[0]?.details?.model?.kvBytesPerToken;
  return {
    contextTokens,
    promptTokens: group[0]!.totals!.promptTokens,
    kvBytes: typeof bytes === "number" ? bytes * contextTokens : null,
    runs: group.length,
    joulesPerToken: figureOf(group, "joulesPerToken"),
    tokensPerSecond: figureOf(group, "tokensPerSecond"),
    joulesPerPromptToken: figureOf(group, "joulesPerPromptToken"),
  };
}

function growthOf(
  runs: readonly RunRecord[],
  metric: ComparisonMetric,
  costOf: (run: RunRecord) => number,
): ContextGrowth | null {
  const cells = Map.groupBy(
    having(runs, metric),
    (run) => `${contextOf(run)} ${processOf(run) ?? run.runId}`,
  );
  const points = [...cells.values()].map((cell) => ({
    x: contextOf(cell[0]!),
    y: cell.reduce((sum, run) => sum + costOf(run), 0) / cell.length,
  }));
  if (new Set(points.map(({ x }) => x)).size < 3) return null;
  const y = points.map((point) => point.y);
  const fit = fitLeastSquares(points.map(({ x }) => [x / 1000]), y, relativeWorths(y));
  return fit && {
    perThousandTokens: estimateOfFit(fit.coefficients[1]!),
    atEmptyCache: estimateOfFit(fit.coefficients[0]!),
    rSquared: fit.rSquared,
    knee: kneeOf(points),
  };
}

function perMegabyte({ perThousandTokens }: ContextGrowth, kvBytes: number): Estimate {
  const { value, low, high, resolved } = perThousandTokens;
  // J for 1,000 tokens is mJ for one.
  const of = (end: number | null) => end === null ? null : end * 1e6 / kvBytes;
  return { value: value * 1e6 / kvBytes, low: of(low), high: of(high), resolved };
}
