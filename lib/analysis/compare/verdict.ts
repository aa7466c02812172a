import { MOST_PERCENT, percentDigits, signedPercent } from "../../quantities.ts";
import type { FindingKind } from "../../record.ts";
import type { Comparison } from "./comparison.ts";
import { probabilityText } from "./probability.ts";

/** What may look like a difference between the arms, and is none. */
const LIMITS: readonly (readonly [FindingKind, string])[] = [
  ["dram-not-measured", "DRAM not measured"],
  ["foreign-load", "other programs ran"],
  ["not-steady", "not steady"],
];

/** A comparison in one line. */
export function verdictOf(comparison: Omit<Comparison, "verdict">): string {
  const { scope, findings } = comparison;
  const limits = [
    ...(scope === "process" ? ["this process only"] : []),
    ...LIMITS.filter(([kind]) => findings.some((one) => one.kind === kind)).map(([, words]) =>
      words
    ),
  ];
  return [core(comparison), ...limits].join("; ");
}

function core(comparison: Omit<Comparison, "verdict">): string {
  const { outcome, percent, test, metricName, a, b, floor } = comparison;
  const least = floor.percent === null
    ? "floor unknown"
    : floor.percent > MOST_PERCENT
    ? `floor above ${MOST_PERCENT} %`
    : `floor ${percentDigits(floor.percent)} %`;
  if (outcome === "unclear") {
    const within = percent.low === null || percent.high === null
      ? ""
      : `; ${b.label} ÷ ${a.label} lies between ${signedPercent(percent.low)} and ${
        signedPercent(percent.high)
      } %`;
    return `No difference can be seen (${least})${within}`;
  }
  // As the word says it: an end on the other side keeps a sign, as exact tests may see what
  // Student's interval leaves open.
  const sign = outcome === "higher" ? 1 : -1;
  const ends = [percent.low, percent.high].map((end) => end === null ? null : sign * end)
    .toSorted((one, other) => (one ?? Infinity) - (other ?? Infinity))
    .map((end) => end === null ? "?" : `${end < 0 ? "−" : ""}${percentDigits(Math.abs(end))}`);
  const how = `${percentDigits(Math.abs(percent.value))} % (${ends.join(" to ")} %) ${outcome}`;
  const tested = test.p === null ? "" : `, ${probabilityText(test.p)}`;
  return `${capital(metricName)} of ${b.label} is ${how} than of ${a.label} ` +
    `(${test.name}${tested}; ${least})`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
