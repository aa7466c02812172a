/**
 * Under what circumstances runs were made, and in what they differ.
 *
 * @module
 */
import type { ReportedRun } from "./reported_run.ts";
import { isOfCode } from "./windows.ts";
import type { DataTable } from "./data_table.ts";
import { formatMs, formatMw, threeDigits } from "../quantities.ts";

/** A circumstance as people read it; `null` where it is not known. */
type Fact = readonly [name: string, value: string | null];

function bytes(count: number | null | undefined): string | null {
  if (count === null || count === undefined) return null;
  const [unit, per] = count >= 1e9 ? ["GB", 1e9] : count >= 1e6 ? ["MB", 1e6] : ["kB", 1e3];
  return `${threeDigits(count / Number(per))} ${unit}`;
}

function known(value: unknown): string | null {
  return value === null || value === undefined || value === "" ? null : String(value);
}

/** All that is known of a run's circumstances. */
export function factsOf(reported: ReportedRun): Fact[] {
  const { run } = reported;
  const { power, runtime, host, details, options, totals } = run;
  const facts: Fact[] = [
    ...isOfCode(reported) ? [] : factsOfAnswer(reported),
    ["machine", known(host?.hostname)],
    ["chip", known(host?.chip)],
    ["operating system", host ? [host.os, host.osRelease].filter(Boolean).join(" ") : null],
    ["memory", bytes(host?.memoryBytes)],
    ["power state", known(details?.powerState)],
    ["engine", known(runtime?.engine ?? details?.engine)],
    ["engine, instead of another", known(runtime?.engineNote)],
    ["execution provider", known(runtime?.provider ?? details?.provider)],
    ["texts at once", known(runtime?.sequences.length ?? details?.batchSize)],
    ["power source", `${power.label}, ${power.kind}`],
    ["power records asked every", `${power.intervalMs} ms`],
    [
      "clock error",
      power.boundMs === null ? null : `± ${threeDigits(power.boundMs)} ms`,
    ],
    ["idle power", totals.baselineMw === null ? null : formatMw(totals.baselineMw)],
    ["observer", power.observerMw === null ? null : formatMw(power.observerMw)],
    ["experiment", known(run.experiment)],
    ["tags", known(run.tags?.join(", "))],
    ["Tokenwatt", known(details?.toolVersion)],
    ["commit", known(details?.gitCommit)],
    ["run", run.runId],
  ];
  const asked = Object.entries(options ?? {}).map(([name, value]): Fact => [
    `option ${name}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return [...facts, ...asked];
}

function factsOfAnswer({ run }: ReportedRun): Fact[] {
  const { model, details, totals, measured } = run;
  return [
    ["model", model.name],
    ["family", known(model.family)],
    ["layers", known(model.numLayers)],
    ["weights", model.parameters.toLocaleString("en-US")],
    ["precision", known(model.precision)],
    ["size of the weights", bytes(details?.model?.weightBytes)],
    ["attention", known(details?.model?.attentionKind)],
    ["context length", known(model.contextLength)],
    ["prompt", run.prompt],
    ["answer", run.response],
    ["prompt tokens", known(totals.promptTokens)],
    ["generated tokens", known(totals.generatedTokens)],
    ["repetitions", known(measured.repetitions)],
    ["measured time", formatMs(measured.durationMs)],
  ];
}

/** What one run is known to be made under. */
export function conditionsTable(reported: ReportedRun): DataTable {
  return {
    caption: "What is known of the circumstances",
    columns: ["circumstance", "of this run"],
    rows: factsOf(reported).flatMap(([name, value]) => value === null ? [] : [[name, value]]),
  };
}

/** What of a run can never be the same, and says nothing about it. */
const OWN = ["run", "answer", "measured time", "repetitions", "idle power", "clock error"];

/** Circumstances that differ between runs, side by side, and how many are alike. */
export function differences(
  runs: readonly ReportedRun[],
  labels: readonly string[],
): { table: DataTable; alike: number } {
  const all = runs.map((run) => new Map(factsOf(run)));
  const names = [...new Set(all.flatMap((facts) => [...facts.keys()]))]
    .filter((name) => !OWN.includes(name));
  const rows = names.map((name) => [name, ...all.map((facts) => facts.get(name) ?? "not known")]);
  const differing = rows.filter(([, first, ...rest]) => rest.some((value) => value !== first));
  return {
    table: {
      caption: "Circumstances that differ",
      columns: ["circumstance", ...labels],
      rows: differing,
    },
    alike: rows.length - differing.length,
  };
}
