import type { Finding } from "../../record.ts";
import {
  type AcceptedDifference,
  checkConditions,
  compareRuns,
  type Figure,
  figureOf,
  having,
} from "../compare/mod.ts";
import type { Estimate } from "../estimate.ts";
import { estimateOfFit } from "../estimate_of_fit.ts";
import { oneModel } from "../one_subject.ts";
import { batchSizeOf, type RunRecord } from "../run_record.ts";
import { fitLeastSquares, holmCorrected } from "../statistics/mod.ts";

/** What decoding costs at one batch size. */
export interface BatchPoint {
  /** Sequences at once. */
  batchSize: number;
  /** Runs with it. */
  runs: number;
  /** Of all sequences together, in 1/s. */
  tokensPerSecond: Figure | null;
  /** Decode energy by token of any sequence, in J. */
  joulesPerToken: Figure | null;
  /** Whether it cannot be told from the best (p ≥ 0.05 after Holm's correction). */
  isAmongBest: boolean;
}

/** What the batch size costs. */
export interface BatchCost {
  /** Which model. */
  model: string;
  /** By size. */
  points: BatchPoint[];
  /** The size with the least energy by token; `null` where no energy was measured. */
  optimum: number | null;
  /** A step's energy as a line of the size, in mJ; `null` for fewer than three sizes. */
  step: { fixedMj: Estimate; perSequenceMj: Estimate; rSquared: number } | null;
  /** What a reader must know. */
  findings: Finding[];
  /** What was left out, and what limits the answer. */
  notes: string[];
  /** One line. */
  verdict: string;
}

/**
 * Energy and throughput against batch size, and the size that takes the least energy by token.
 *
 * Totals of a run count the tokens of all its texts: a step of batch size B makes B of them.
 *
 * @param runs of one model, with several `details.batchSize` (1 where it is not known)
 * @throws {InputError} if they are of several models, machines or sources
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { batchCost, ProfileDatabase } from "@tokenwatt/tokenwatt";
 *
 * function optimum(database: ProfileDatabase): number | null {
 *   return batchCost(database.getRuns({ experiment: "batch", limit: -1 })).optimum;
 * }
 * assert(typeof optimum === "function");
 * ```
 */
export function batchCost(
  runs: readonly RunRecord[],
  options: { accept?: readonly AcceptedDifference[] } = {},
): BatchCost {
  const { accept = [] } = options;
  const found = having(runs, "tokensPerSecond");
  const model = oneModel(found, "what batches cost");
  const { findings, notes } = checkConditions([found], true, accept);
  const groups = [...Map.groupBy(found, batchSizeOf)].sort(([a], [b]) => a - b);
  const costs = groups.flatMap(([size, group]) => {
    const cost = figureOf(group, "joulesPerToken");
    return cost === null ? [] : [{ size, group, cost }];
  }).sort((a, b) => a.cost.value - b.cost.value);
  const [best, ...others] = costs;
  const ps = holmCorrected(
    others.map(({ group }) => best ? compareRuns(best.group, group, { accept }).test.p : null),
  );
  const among = new Set(
    costs.filter((_, at) => at === 0 || (ps[at - 1] ?? 1) >= 0.05).map(({ size }) => size),
  );
  const optimum = best?.size ?? null;
  if (groups.length === 1) notes.push("One batch size only: nothing to compare it with");
  return {
    model: model.name,
    points: groups.map(([batchSize, group]) => ({
      batchSize,
      runs: group.length,
      tokensPerSecond: figureOf(group, "tokensPerSecond"),
      joulesPerToken: figureOf(group, "joulesPerToken"),
      isAmongBest: among.has(batchSize),
    })),
    optimum,
    step: stepOf(costs),
    findings,
    notes,
    verdict: verdictOf(optimum, [...among].filter((size) => size !== optimum), costs.length),
  };
}

function stepOf(costs: readonly { size: number; cost: Figure }[]): BatchCost["step"] {
  const fit = costs.length < 3 ? null : fitLeastSquares(
    costs.map(({ size }) => [size]),
    costs.map(({ size, cost }) => cost.value * size * 1000),
  );
  return fit && {
    fixedMj: estimateOfFit(fit.coefficients[0]!),
    perSequenceMj: estimateOfFit(fit.coefficients[1]!),
    rSquared: fit.rSquared,
  };
}

function verdictOf(optimum: number | null, alike: readonly number[], sizes: number): string {
  if (optimum === null) return "No energy was measured: there is no optimum to tell";
  if (sizes === 1) return `Batch size ${optimum} is the only one that was measured`;
  const others = alike.length === 0
    ? "; all others take more"
    : `; it cannot be told from ${alike.toSorted((a, b) => a - b).join(", ")}`;
  return `Batch size ${optimum} takes the least energy by token${others}`;
}
