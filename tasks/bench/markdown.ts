/**
 * What the benchmark found, as Markdown.
 *
 * @module
 */
import type { Comparison, Duration, LeftOut, Report, WorkComparison } from "./report.ts";
import type { Estimate, Goal, Verdict } from "./statistics.ts";

/** The report, each kind of measure under a heading. */
export function markdown(report: Report): string {
  const { machine, threads, loadBefore, loadAfter } = report;
  const { transformers } = machine;
  const peer = transformers === null
    ? ""
    : `, @huggingface/transformers ${transformers.version} on onnxruntime-node ` +
      transformers.onnxruntimeNode;
  return [
    `${report.date}, commit ${report.commit ?? "unknown"}`,
    "",
    `- ${machine.cpu}, ${machine.logicalCpus} logical CPUs, ${machine.os}; Deno ${machine.deno}`,
    `- Tokenwatt on onnxruntime-node ${machine.onnxruntimeNode}${peer}`,
    `- ${threads} ${threads === 1 ? "thread" : "threads"} on all sides of decoding`,
    `- load average ${loadBefore.toFixed(2)} before, ${loadAfter.toFixed(2)} after`,
    "",
    ...under("### Decoding", DECODING, report.comparisons.map(decodingCells)),
    ...under("### Other work", WORK, report.works.map(workCells)),
    ...under("### Durations", DURATIONS, report.durations.map(durationCells)),
    ...leftOutLines(report.leftOut),
  ].join("\n");
}

const DECODING = [
  "Measure",
  "Model",
  "Context",
  "Ratio",
  "Base, ms/token",
  "Compared, ms/token",
  "Median (95 %)",
  "Disturbed",
  "Goal",
  "",
];
const WORK = [
  "Measure",
  "Given",
  "Ratio",
  "Base, ms",
  "Compared, ms",
  "Median (95 %)",
  "Goal",
  "",
];
const DURATIONS = [
  "Measure",
  "Given",
  "What",
  "Median (95 %)",
  "Most memory",
  "Disturbed",
  "Budget",
  "",
];

function decodingCells(one: Comparison): string[] {
  return [
    one.measure,
    one.model,
    `${one.context}`,
    one.title,
    one.baseMs.toFixed(3),
    one.subjectMs.toFixed(3),
    ratioText(one.ratio),
    disturbed(one),
    goalText(one.goal),
    one.isChance ? "what chance does" : verdictText(one.verdict),
  ];
}

function workCells(one: WorkComparison): string[] {
  return [
    one.measure,
    one.given,
    one.title,
    one.baseMs.toFixed(3),
    one.subjectMs.toFixed(3),
    ratioText(one.ratio),
    goalText(one.goal),
    one.isChance ? "what chance does" : verdictText(one.verdict),
  ];
}

function durationCells(one: Duration): string[] {
  return [
    one.measure,
    one.given,
    one.title,
    durationText(one.ms),
    one.peakBytes === null ? "" : `${(one.peakBytes / 1e6).toFixed(0)} MB`,
    disturbed(one),
    one.budgetMs === null ? "none" : `≤ ${shortest(one.budgetMs)}`,
    verdictText(one.verdict),
  ];
}

function ratioText(estimate: Estimate): string {
  return estimateText(estimate, (value) => value.toFixed(3));
}

/** In the unit of the median, so that the ends of the interval are in the same. */
function durationText(estimate: Estimate): string {
  const inSeconds = estimate.median >= 1000;
  const inMs = (ms: number) => ms < 99.95 ? ms.toPrecision(3) : ms.toFixed(0);
  const one = (ms: number) => inSeconds ? (ms / 1000).toFixed(2) : inMs(ms);
  return estimateText({ ...estimate }, one, inSeconds ? " s" : " ms");
}

function estimateText(
  { median, low, high }: Estimate,
  one: (value: number) => string,
  unit = "",
): string {
  const middle = `${one(median)}${unit}`;
  if (low === null || high === null) return `${middle} (too few rounds)`;
  return `${middle} (${one(low)} … ${one(high)})`;
}

function shortest(ms: number): string {
  return ms >= 1000 ? `${ms / 1000} s` : `${ms} ms`;
}

function disturbed({ disturbedRounds, rounds }: Comparison | Duration): string {
  return disturbedRounds === 0 ? "none" : `${disturbedRounds} of ${rounds.length}`;
}

function goalText(goal: Goal | null): string {
  if (goal === null) return "none";
  return "atMost" in goal ? `≤ ${goal.atMost.toFixed(2)}` : `≥ ${goal.atLeast.toFixed(2)}`;
}

function verdictText(verdict: Verdict | null): string {
  if (verdict === null) return "";
  return `${verdict.reached ? "reached" : "missed"}${verdict.sure ? "" : ", not sure"}`;
}

function leftOutLines(leftOut: readonly LeftOut[]): string[] {
  if (leftOut.length === 0) return [];
  const lines = leftOut.map(({ measure, reason, failed }) =>
    `- \`${measure}\`${failed ? " failed" : ""}: ${reason.trim().replaceAll(/\s+/g, " ")}`
  );
  return ["### Not measured", "", ...lines, ""];
}

function under(
  heading: string,
  titles: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  return rows.length === 0 ? [] : [heading, "", ...table(titles, rows), ""];
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
