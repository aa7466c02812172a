import type { Comparison } from "../analysis/mod.ts";
import { mostPercent, signedPercent } from "../quantities.ts";
import type { ArmComparison, Outcome } from "./result.ts";

/** A comparison in one line, as one of several that were made. */
export function correctedVerdict(
  comparison: Comparison,
  pCorrected: number | null,
  count: number,
): string {
  const { outcome, verdict, test, percent } = comparison;
  if (count < 2 || outcome === "unclear" || pCorrected === null) return verdict;
  const corrected = `p ${probability(pCorrected)} corrected for ${count} comparisons`;
  if (pCorrected < 0.05) return `${verdict}; ${corrected}`;
  return `No difference can be seen between ${comparison.a.label} and ${comparison.b.label} ` +
    `(${signedPercent(percent.value)} % with p ${probability(test.p ?? 1)}, but ${corrected})`;
}

/** How many processes have run, of how many that were to. */
export interface Ran {
  ran: number;
  planned: number;
}

/** All comparisons in one line. */
export function verdictOf(
  comparisons: readonly ArmComparison[],
  outcome: Outcome | null,
  { ran, planned }: Ran,
): string {
  const open = ran < planned ? `${ran} of ${planned} processes ran` : "";
  if (comparisons.length === 0) return `Nothing to compare${open && `: ${open}`}`;
  const [{ metricName, a, scope }] = comparisons as [ArmComparison];
  const parts = comparisons.map(({ a: other, b, outcome, percent }) => {
    const than = other.label === a.label ? "" : ` against ${other.label}`;
    if (outcome === "unclear") return `${b.label}${than} no difference seen`;
    const { value, low, high } = percent;
    const told = (end: number) => signedPercent(end, mostPercent(percent));
    const ends = low === null || high === null ? "" : ` (${told(low)} to ${told(high)})`;
    return `${b.label}${than} ${told(value)}${ends} %`;
  });
  const limit = scope === "process" ? "; fewer than five processes: these processes only" : "";
  const expected = outcome === null ? "" : `. What was expected: ${EXPECTED[outcome]}`;
  return `${metricName}, against ${a.label}: ${parts.join(", ")}${limit}${open && `; ${open}`}` +
    expected;
}

const EXPECTED: Record<Outcome, string> = {
  pass: "shown",
  fail: "contradicted",
  inconclusive: "neither shown nor contradicted",
};

function probability(p: number): string {
  return p < 0.0001 ? "< 0.0001" : `= ${p.toPrecision(2)}`;
}
