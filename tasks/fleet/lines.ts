import type { FleetAddition, FleetHistory, FleetSubject, HostCost } from "../../lib/fleet/mod.ts";
import { threeDigits } from "../../lib/quantities.ts";
import { visibleText } from "../../lib/safe_text.ts";
import { tableLines } from "../frame/mod.ts";
import type { Answer } from "./query.ts";

/** The rows of a query as a table. */
export function answerLines({ columns, rows, hasMore }: Answer): string[] {
  const isNumber = columns.map((_, at) => rows.every((row) => typeof row[at] !== "string"));
  return [
    ...tableLines(
      columns.map((title, at) => ({ title: shown(title), right: isNumber[at]! })),
      rows.map((row) => row.map(shown)),
    ),
    ...(hasMore ? [`Only the first ${rows.length} rows; --limit shows more`] : []),
  ];
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return "–";
  const text = typeof value === "object" ? JSON.stringify(value) : `${value}`;
  return visibleText(text).replaceAll("\n", "␊");
}

/** What became of the runs that were added. */
export function additionLines(additions: readonly FleetAddition[]): string[] {
  const added = additions.filter(({ isNew }) => isNew).length;
  const there = additions.length - added;
  return [
    ...additions.filter(({ isNew }) => isNew).map(({ path }) => path),
    `${added} added${there === 0 ? "" : `, ${there} there already`}`,
  ];
}

/** J/token by host and build. */
export function hostLines(costs: readonly HostCost[]): string[] {
  if (costs.length === 0) return ["No run with energy per token"];
  return tableLines(
    [
      { title: "host" },
      { title: "model" },
      { title: "runs on" },
      { title: "build" },
      { title: "power" },
      { title: "runs", right: true },
      { title: "processes", right: true },
      { title: "mJ/token", right: true },
      { title: "95 % interval", right: true },
    ],
    costs.map((cost) => [
      shown(cost.host),
      modelOf(cost),
      runsOn(cost),
      shown(cost.build),
      powerOf(cost),
      `${cost.runs}`,
      `${cost.processes}`,
      threeDigits(1000 * cost.joulesPerToken),
      cost.low === null || cost.high === null
        ? "one process"
        : `${threeDigits(1000 * cost.low)} to ${threeDigits(1000 * cost.high)}`,
    ]),
  );
}

/** Steps over time, one line each, and what could not be watched. */
export function regressionLines(histories: readonly FleetHistory[]): string[] {
  const watched = histories.filter(({ isWatched }) => isWatched);
  const steps = watched.flatMap((history) => history.steps.map((step) => ({ history, step })));
  const quiet = watched.filter(({ steps }) => steps.length === 0).length;
  const few = histories.length - watched.length;
  return [
    ...tableLines(
      [
        { title: "verdict" },
        { title: "since" },
        { title: "J/token", right: true },
        { title: "95 % interval", right: true },
        { title: "p", right: true },
        { title: "build" },
        { title: "host" },
        { title: "model" },
        { title: "runs on" },
        { title: "power" },
      ],
      steps.map(({ history, step }) => [
        step.verdict,
        new Date(step.sinceMs).toISOString().slice(0, 16).replace("T", " "),
        signed(step.percent),
        step.lowPercent === null || step.highPercent === null
          ? "–"
          : `${signed(step.lowPercent)} to ${signed(step.highPercent)}`,
        step.p < 0.001 ? "< 0.001" : step.p.toPrecision(2),
        step.fromBuild === step.toBuild
          ? shown(step.toBuild)
          : `${shown(step.fromBuild)} → ${shown(step.toBuild)}`,
        shown(history.host),
        modelOf(history),
        runsOn(history),
        powerOf(history),
      ]),
    ).slice(steps.length === 0 ? 1 : 0),
    `${count(watched.length, "subject")} watched, ${quiet} without a step`,
    ...(few === 0 ? [] : [
      `${count(few, "subject")} with fewer than eight processes that ran the same prompts: ` +
      "too few to tell a step from chance",
    ]),
  ];
}

function modelOf({ model, precision }: FleetSubject): string {
  return shown(precision === null ? model : `${model} ${precision}`);
}

function runsOn({ engine, provider, batchSize }: FleetSubject): string {
  const batch = batchSize !== null && batchSize > 1 ? [`batch ${batchSize}`] : [];
  return shown([engine ?? "?", provider ?? "?", ...batch].join(" "));
}

function powerOf({ powerLabel, isEstimated }: FleetSubject): string {
  return shown(isEstimated ? `${powerLabel}, estimated` : powerLabel);
}

function signed(percent: number): string {
  return `${percent < 0 ? "−" : "+"}${threeDigits(Math.abs(percent))} %`;
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}
