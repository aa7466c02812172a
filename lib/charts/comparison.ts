/**
 * Two arms against each other, by one figure or several.
 *
 * @module
 */
import type { Comparison } from "../analysis/mod.ts";
import { answerFigure, type AnswerOptions, textOf } from "./answer.ts";
import { comparisonHeight, drawComparison, NO_DIFFERENCE, percentText } from "./comparison_rows.ts";
import type { Figure } from "./figure.ts";

/**
 * Draws each compared figure of both arms with its interval, and beside it their difference, in
 * percent, over the smallest that could have been found.
 *
 * @param results one comparison, or several: other figures, or other arms.
 * @throws {InputError} If the width is no width.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { charts, compareRuns, type RunListing } from "@tokenwatt/tokenwatt";
 *
 * async function draw(before: RunListing[], after: RunListing[]): Promise<void> {
 *   const metrics = ["joulesPerToken", "tokensPerSecond"] as const;
 *   const results = metrics.map((metric) => compareRuns(before, after, { metric }));
 *   await charts.comparison(results).save("comparison.svg");
 * }
 * assert(typeof draw === "function");
 * ```
 */
export function comparison(
  results: Comparison | readonly Comparison[],
  options: AnswerOptions = {},
): Figure {
  const list = isList(results) ? results : [results];
  const [first] = list;
  const arms = new Set(list.map(({ a, b }) => `${b.label} against ${a.label}`));
  const alone = list.length === 1 && first !== undefined;
  const seen = list.filter(({ outcome }) => outcome !== "unclear").length;
  const verdict = alone ? first.verdict : `${seen} of ${list.length} differences can be seen`;
  const findings = list.flatMap((one) => one.findings);
  return answerFigure(
    {
      verdict,
      findings: findings.filter(({ message }, at) =>
        findings.findIndex((other) => other.message === message) === at
      ),
      notes: [...new Set(list.flatMap(({ notes }) => notes))],
    },
    {
      title: arms.size === 1 ? [...arms][0]! : "Comparisons",
      caption: captionOf(list),
      words: list.map(inWords),
      draw: (width) =>
        Promise.resolve({ svg: drawComparison(list, width), height: comparisonHeight(list) }),
    },
    options,
  );
}

function isList<T>(results: T | readonly T[]): results is readonly T[] {
  return Array.isArray(results);
}

const UNITS: Record<Comparison["pairing"]["kind"], string> = {
  block: "block",
  process: "process",
  run: "run",
  token: "token",
  none: "unit",
};

function captionOf(list: readonly Comparison[]): string[] {
  if (list.length === 0) return ["Nothing was compared."];
  const pairings = new Set(
    list.map(({ pairing: { kind, count } }) =>
      kind === "none"
        ? `the arms whole, ${count} of the smaller one`
        : `${count} pair${count === 1 ? "" : "s"} of ${UNITS[kind]}${
          count === 1 ? "" : kind === "process" ? "es" : "s"
        }`
    ),
  );
  const floors = list.filter(({ floor }) => floor.percent !== null).length;
  return [
    `Differences are of ${[...pairings].join("; ")}. Left, each arm with its own 95 % interval; ` +
    "right, the difference with its own, which says more than whether the left ones overlap.",
    ...floors > 0 ? ["Shaded: less than the detection floor, found nine times in ten."] : [],
    ...list.some(({ outcome }) => outcome === "unclear")
      ? ["Hollow and grey: no difference can be seen; that is not to say that there is none."]
      : [],
    ...list.some(({ scope }) => scope === "process")
      ? ["Holds for the processes that were measured, not for the machine."]
      : [],
  ];
}

function inWords({ metricName, unit, a, b, percent, outcome }: Comparison): string {
  const text = textOf(unit);
  return `${metricName}: ${a.label} ${text(a.value.value)}, ${b.label} ${text(b.value.value)}, ` +
    (outcome === "unclear" ? `${NO_DIFFERENCE}, ` : "") + percentText(percent);
}
