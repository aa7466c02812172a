/**
 * What the benchmark found, as data.
 *
 * @module
 */
import type { BenchCase } from "./bench_models.ts";
import { DISTURBED_CPUS } from "./contest.ts";
import type { DurationMeasure, TimedRound } from "./duration.ts";
import type { Machine } from "./machine.ts";
import type { Measure } from "./measure.ts";
import type { WorkMeasure } from "./work.ts";
import {
  type Estimate,
  estimate,
  type Goal,
  judge,
  median,
  quietest,
  type Round,
  timeRatio,
  type Verdict,
} from "./statistics.ts";

/** The outcome of one measure on one model. */
export interface Comparison {
  measure: string;
  title: string;
  model: string;
  /** Tokens of the prompt. */
  context: number;
  ratio: Estimate;
  goal: Goal | null;
  verdict: Verdict | null;
  /** Whether both sides are alike, so that the ratio shows how far chance goes. */
  isChance: boolean;
  /** Medians over the blocks, in milliseconds per token. */
  baseMs: number;
  subjectMs: number;
  /** Disturbed rounds among those that the ratio is from, for want of others. */
  disturbedRounds: number;
  /** All rounds, as they were measured. */
  rounds: Round[];
}

/** The outcome of one measure of work that is no decoding. */
export interface WorkComparison {
  measure: string;
  title: string;
  /** What both were given. */
  given: string;
  ratio: Estimate;
  goal: Goal | null;
  verdict: Verdict | null;
  /** Whether both sides are alike, so that the ratio shows how far chance goes. */
  isChance: boolean;
  /** Medians over the turns, in ms: of a record, of a thousand rows, of a model, of a token. */
  baseMs: number;
  subjectMs: number;
  rounds: Round[];
}

/** The outcome of one duration. */
export interface Duration {
  measure: string;
  title: string;
  given: string;
  ms: Estimate;
  budgetMs: number | null;
  verdict: Verdict | null;
  /** The most memory that its process had in any round; `null` where that is not told. */
  peakBytes: number | null;
  /** Disturbed rounds among those that the figure is from, for want of others. */
  disturbedRounds: number;
  rounds: TimedRound[];
}

/** A measure that was chosen and has no figure. */
export interface LeftOut {
  measure: string;
  reason: string;
  /** Whether it was tried; else it cannot be measured here. */
  failed: boolean;
}

/** The outcome of a whole run: what `--json` prints. */
export interface Report {
  date: string;
  commit: string | null;
  machine: Machine;
  threads: number;
  /** Load average of the last minute, before and after; after holds the benchmark's own load. */
  loadBefore: number;
  loadAfter: number;
  comparisons: Comparison[];
  works: WorkComparison[];
  durations: Duration[];
  leftOut: LeftOut[];
}

/** Turns the `count` least disturbed rounds of a measure into its figure. */
export function compared(
  measure: Measure,
  { name: model, context }: BenchCase,
  rounds: Round[],
  count: number,
): Comparison {
  const { name, title, figure, isChance = false } = measure;
  const goal = measure.goalAt?.[context] ?? measure.goal;
  const used = quietest(rounds, count);
  const ratios = used.map(timeRatio);
  const ratio = estimate(figure === "time" ? ratios : ratios.map((ratio) => 1 / ratio));
  return {
    measure: name,
    title,
    model,
    context,
    ratio,
    goal,
    verdict: goal === null ? null : judge(ratio, goal),
    isChance,
    baseMs: median(used.flatMap((round) => round.baseMs)),
    subjectMs: median(used.flatMap((round) => round.subjectMs)),
    disturbedRounds: disturbed(used),
    rounds,
  };
}

/** Turns the rounds of a measure of work into its figure. */
export function comparedWork(
  { name, title, given, goal, isChance = false }: Pick<
    WorkMeasure,
    "name" | "title" | "given" | "goal" | "isChance"
  >,
  rounds: Round[],
): WorkComparison {
  const ratio = estimate(rounds.map(timeRatio));
  return {
    measure: name,
    title,
    given,
    ratio,
    goal,
    verdict: goal === null ? null : judge(ratio, goal),
    isChance,
    baseMs: median(rounds.flatMap((round) => round.baseMs)),
    subjectMs: median(rounds.flatMap((round) => round.subjectMs)),
    rounds,
  };
}

/** Turns the `count` least disturbed rounds of a duration into its figure. */
export function timed(
  { name, title, given, budgetMs }: Pick<
    DurationMeasure,
    "name" | "title" | "given" | "budgetMs"
  >,
  chosen: string | undefined,
  rounds: TimedRound[],
  count: number,
): Duration {
  const used = quietest(rounds, count);
  const ms = estimate(used.map(({ ms }) => ms));
  const peaks = rounds.flatMap(({ peakBytes }) => peakBytes ?? []);
  return {
    measure: name,
    title: chosen === undefined ? title : `${title}: ${chosen}`,
    given,
    ms,
    budgetMs,
    verdict: budgetMs === null ? null : judge(ms, { atMost: budgetMs }),
    peakBytes: peaks.length === 0 ? null : Math.max(...peaks),
    disturbedRounds: disturbed(used),
    rounds,
  };
}

function disturbed(rounds: readonly { foreignCpus: number }[]): number {
  return rounds.filter(({ foreignCpus }) => foreignCpus >= DISTURBED_CPUS).length;
}
