import { type Comparison, correctedVerdict } from "../../lib/analysis/mod.ts";
import { visibleText } from "../../lib/safe_text.ts";
import {
  closingLines,
  estimateLines,
  estimateOf,
  NONE,
  percentCell,
  percentOf,
  probabilityText,
  unitsOf,
} from "../answers/lines.ts";

/** Every arm against the first. */
export interface ManyCompared {
  /** What was compared. */
  metric: Comparison["metric"];
  /** One for each arm but the first; `pCorrected` for how many there are (Holm). */
  comparisons: (Comparison & { pCorrected: number | null })[];
}

/** Comparisons for people: a table of the arms, and what to think of each. */
export function comparisonLines({ comparisons }: ManyCompared): string[] {
  const first = comparisons[0]!;
  const armRow = (arm: Comparison["a"]) => [
    visibleText(arm.label),
    `${arm.runs}`,
    arm.processes === null ? NONE : `${arm.processes}`,
    estimateOf(arm.value, unitsOf(arm)),
  ];
  const rows = [
    [...armRow(first.a), NONE, NONE, NONE],
    ...comparisons.map(({ b, percent, pairing, pCorrected, floor }) => [
      ...armRow(b),
      percentOf(percent, pairing.count),
      probabilityText(pCorrected),
      floor.percent === null ? NONE : percentCell(floor.percent),
    ]),
  ];
  const closings = comparisons.flatMap((comparison) => [
    "",
    ...closingLines({
      ...comparison,
      verdict: correctedVerdict(comparison, comparison.pCorrected, comparisons.length),
    }),
  ]);
  return [
    ...estimateLines([
      { title: "arm" },
      { title: "runs", right: true },
      { title: "processes", right: true },
      { title: `${first.metricName}, ${first.unit}`, right: true },
      { title: `% more than ${visibleText(first.a.label)}`, right: true },
      { title: comparisons.length > 1 ? "p (Holm)" : "p", right: true },
      { title: "floor, %", right: true },
    ], rows),
    ...closings,
  ];
}
