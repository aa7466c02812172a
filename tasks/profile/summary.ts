import {
  formatInterval,
  formatMj,
  formatMs,
  formatMw,
  railName,
  threeDigits,
} from "../../lib/quantities.ts";
import { visibleText } from "../../lib/safe_text.ts";
import type { Energy, Finding, Interval, PhaseEnergy, ProfilingRun } from "../../lib/record.ts";
import { bold, dim, tableLines, yellow } from "../frame/mod.ts";
import { insideLines } from "./inside_lines.ts";
import { latencyLines } from "./latency_line.ts";
import { runtimeLines } from "./runtime_lines.ts";

/** The result for people: one mean repetition as a table, what to think of it, what was found. */
export function summaryLines(run: ProfilingRun): string[] {
  const { measured, totals } = run;
  const times = measured.repetitions === 1 ? "1 repetition" : `${measured.repetitions} repetitions`;
  return [
    ...(run.status === "complete"
      ? []
      : [yellow(`The run was ${run.status}; this is what was kept.`), ""]),
    ...(measured.repetitions === 0 ? ["Nothing was generated in the measured time"] : [
      bold(`One repetition`) + dim(
        ` (mean of ${times}, ${formatMs(measured.durationMs)} and ` +
          `${formatMj(measured.energyMj)} ${run.power.kind})`,
      ),
      ...phaseTable(run),
      ...insideLines(run),
    ]),
    "",
    ...latencyLines(run),
    `${bold("Power")}  mean ${meanPower(totals)}, peak ${formatMw(totals.peakMw)}, ` +
    `baseline ${formatMw(totals.baselineMw)}${netOf(run)}`,
    `${bold("Rails")}  ${railsOf(run)}`,
    `${bold("Load")}   ${formatMj(totals.loadMj)} to load the model, once`,
    ...runtimeLines(run),
    "",
    ...run.findings.map(findingLine),
    `${bold("Verdict")}  ${run.verdict}`,
  ];
}

/** A mean that could be double or nothing is told by its limits: its middle would be taken for a fact. */
function meanPower(
  { meanMw, energyMj, lowMj, highMj, durationMs }: ProfilingRun["totals"],
): string {
  if (energyMj === null || lowMj === null || highMj === null) return formatMw(meanMw);
  if (highMj - lowMj < 1.5 * energyMj) return formatMw(meanMw);
  const [low, high] = [lowMj, highMj].map((mj) => formatMw(mj / durationMs * 1000));
  return `between ${low} and ${high}`;
}

function phaseTable({ phases, totals }: ProfilingRun): string[] {
  const tokensOf = ({ phase }: PhaseEnergy): number | null =>
    phase === "prefill" ? totals.promptTokens : phase === "decode" ? totals.decodedTokens : null;
  const rows = phases.map((phase) => {
    const tokens = tokensOf(phase);
    return [
      phase.phase.replace("_", "-"),
      tokens === null ? "" : `${tokens}`,
      formatMs(phase.durationMs),
      tokens && phase.durationMs > 0 ? threeDigits(tokens / phase.durationMs * 1000) : "",
      formatInterval(phase.energy),
      tokens ? formatInterval(perToken(phase.energy, tokens)) : "",
      howSure(phase.energy),
    ];
  });
  const { energyMj: mj, lowMj, highMj, durationMs } = totals;
  rows.push(["total", "", formatMs(durationMs), "", formatInterval({ mj, lowMj, highMj }), "", ""]);
  return tableLines([
    { title: "phase" },
    { title: "tokens", right: true },
    { title: "time", right: true },
    { title: "tokens/s", right: true },
    { title: "energy", right: true },
    { title: "energy per token", right: true },
    { title: "method" },
  ], rows);
}

/** What is known of the tokens: by groups of neighbours, as far as the records resolve them. */
export function groupLines({ groups, tokens, power: { kind } }: ProfilingRun): string[] {
  const rows = groups.map(({ firstIndex, lastIndex, durationMs, energy: whole }) => {
    const count = lastIndex - firstIndex + 1;
    const text = tokens.slice(firstIndex, lastIndex + 1).map((token) => token.text).join("");
    return [
      count === 1 ? `${firstIndex}` : `${firstIndex}–${lastIndex}`,
      formatMs(durationMs),
      formatInterval(perToken(whole, count)),
      howSure(whole),
      JSON.stringify(visibleText(text.length > 40 ? `${text.slice(0, 39)}…` : text)),
    ];
  });
  const known = kind === "measured" ? "Tokens that are known together" : `Tokens, ${kind}`;
  return groups.length === 0 ? [] : [
    bold(known),
    ...tableLines([
      { title: "tokens" },
      { title: "time", right: true },
      { title: "energy per token", right: true },
      { title: "method" },
      { title: "text" },
    ], rows),
  ];
}

function perToken({ mj, lowMj, highMj }: Interval, tokens: number): Interval {
  const part = (value: number | null) => value === null ? null : value / tokens;
  return { mj: part(mj), lowMj: part(lowMj), highMj: part(highMj) };
}

/** 95 % of the joint draws, or limits that cannot be passed. */
function howSure({ method, resolved, interval }: Energy): string {
  if (method === null) return "not measured";
  if (method === "estimated") return method;
  return `${method}${interval === "hard" ? ", limits" : ", 95 %"}${resolved ? "" : ", unresolved"}`;
}

function netOf({ phases }: ProfilingRun): string {
  const net = sumOrNull(phases.map(({ energy }) => energy.net?.mj));
  return net === null ? "" : `; ${formatMj(net)} above idle`;
}

function railsOf({ phases, power: { rails, totalRails } }: ProfilingRun): string {
  const parts = rails.map((rail) => {
    const mj = sumOrNull(phases.map(({ energy }) => energy.byRail[rail]?.mj));
    return `${railName(rail)} ${formatMj(mj)}`;
  });
  const missing = rails.includes("dram") || totalRails.includes("system")
    ? []
    : ["DRAM not measured"];
  return [...parts, ...missing].join(", ");
}

/** A sum with an unknown part is unknown, and so is the sum of nothing. */
function sumOrNull(values: readonly (number | null | undefined)[]): number | null {
  if (values.length === 0) return null;
  return values.reduce<number | null>(
    (sum, value) => sum === null || value === null || value === undefined ? null : sum + value,
    0,
  );
}

/** A finding and its remedy, as a line. */
export function findingLine({ severity, message, remedy }: Finding): string {
  const text = `${visibleText(message)}; ${visibleText(remedy)}`;
  return severity === "info" ? dim(`·  ${text}`) : yellow(`!  ${text}`);
}
