import type { Finding, FindingKind } from "../record.ts";
import type { RunRecord } from "./run_record.ts";

/** Comparisons say these of all runs at once. */
const SAID_ELSEWHERE: readonly FindingKind[] = ["estimated", "dram-not-measured", "cadence"];

/**
 * What runs found about their conditions, one for each kind: in how many of them, and how bad it was
 * in the worst. Kept with the runs, so that what is asked of them later knows of it.
 */
export function runFindings(runs: readonly RunRecord[]): Finding[] {
  const found = runs.flatMap(({ findings }) =>
    findings.filter(({ kind, severity }) => severity !== "info" && !SAID_ELSEWHERE.includes(kind))
  );
  return [...Map.groupBy(found, ({ kind }) => kind)].map(([kind, all]) => {
    const affected = runs.filter(({ findings }) => findings.some((one) => one.kind === kind));
    const worst = all.toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value))[0]!;
    const count = `${affected.length} of ${runs.length} runs`;
    return { ...worst, message: `${count}, at worst: ${worst.message}` };
  });
}
