import { mostPercent, signedPercent } from "../quantities.ts";
import type { ArmComparison, Outcome } from "./result.ts";

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
