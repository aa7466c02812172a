/**
 * What the benchmark found, as data and as Markdown.
 *
 * @module
 */
import type { BenchCase } from "./bench_models.ts";
import { DISTURBED_CPUS } from "./contest.ts";
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
  /** Medians over the turns, in ms: of a record, of a thousand rows, of a model. */
  baseMs: number;
  subjectMs: number;
  rounds: Round[];
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
}

/** Turns the `count` least disturbed rounds of a measure into its figure. */
export function compared(
  measure: Measure,
  { name: model, context }: BenchCase,
  rounds: Round[],
  count: number,
): Comparison {
  const { name, title, figure } = measure;
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
    baseMs: median(used.flatMap((round) => round.baseMs)),
    subjectMs: median(used.flatMap((round) => round.subjectMs)),
    disturbedRounds: used.filter(({ foreignCpus }) => foreignCpus >= DISTURBED_CPUS).length,
    rounds,
  };
}

/** Turns the rounds of a measure of work into its figure. */
export function comparedWork(
  { name, title, given, goal }: Pick<WorkMeasure, "name" | "title" | "given" | "goal">,
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
    baseMs: median(rounds.flatMap((round) => round.baseMs)),
    subjectMs: median(rounds.flatMap((round) => round.subjectMs)),
    rounds,
  };
}

/** The report as Markdown, in the form that `deno fmt` gives it. */
export function markdown(report: Report): string {
  const { machine, threads, loadBefore, loadAfter } = report;
  return [
    `${report.date}, commit ${report.commit ?? "unknown"}`,
    "",
    `- ${machine.cpu}, ${machine.logicalCpus} logical CPUs, ${machine.os}; Deno ${machine.deno}`,
    `- Tokenwatt on onnxruntime-node ${machine.onnxruntimeNode}, @huggingface/transformers`,
    `  ${machine.transformers} on onnxruntime-node ${machine.transformersOnnxruntimeNode}`,
    `- ${threads} ${threads === 1 ? "thread" : "threads"} on all sides`,
    `- load average ${loadBefore.toFixed(2)} before, ${loadAfter.toFixed(2)} after`,
    "",
    ...decodingTable(report.comparisons),
    ...workTable(report.works),
  ].join("\n");
}

function decodingTable(comparisons: readonly Comparison[]): string[] {
  if (comparisons.length === 0) return [];
  const titles = [
    "Model",
    "Context",
    "Ratio",
    "Base, ms/token",
    "Ours, ms/token",
    "Median (95 %)",
    "Disturbed",
    "Goal",
    "",
  ];
  const rows = comparisons.map((one) => [
    one.model,
    `${one.context}`,
    one.title,
    one.baseMs.toFixed(3),
    one.subjectMs.toFixed(3),
    interval(one.ratio),
    disturbed(one),
    goalText(one.goal),
    verdictText(one),
  ]);
  return [...table(titles, rows), ""];
}

function workTable(works: readonly WorkComparison[]): string[] {
  if (works.length === 0) return [];
  const titles = ["Given", "Ratio", "Base, ms", "Ours, ms", "Median (95 %)", "Goal", ""];
  const rows = works.map((one) => [
    one.given,
    one.title,
    one.baseMs.toFixed(3),
    one.subjectMs.toFixed(3),
    interval(one.ratio),
    goalText(one.goal),
    verdictText(one),
  ]);
  return [...table(titles, rows), ""];
}

function interval({ median, low, high }: Estimate): string {
  if (low === null || high === null) return `${median.toFixed(3)} (too few rounds)`;
  return `${median.toFixed(3)} (${low.toFixed(3)} … ${high.toFixed(3)})`;
}

function disturbed({ disturbedRounds, rounds }: Comparison): string {
  return disturbedRounds === 0 ? "none" : `${disturbedRounds} of ${rounds.length}`;
}

function goalText(goal: Goal | null): string {
  if (goal === null) return "none";
  return "atMost" in goal ? `≤ ${goal.atMost.toFixed(2)}` : `≥ ${goal.atLeast.toFixed(2)}`;
}

function verdictText({ measure, verdict }: Pick<Comparison, "measure" | "verdict">): string {
  if (verdict === null) return measure === "nothing" ? "what chance does" : "";
  return `${verdict.reached ? "reached" : "missed"}${verdict.sure ? "" : ", not sure"}`;
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = titles.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => row[column]!.length))
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  return [
    line(titles),
    line(widths.map((width) => "-".repeat(width))),
    ...rows.map(line),
  ];
}
