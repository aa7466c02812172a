/**
 * What the answers' tables have in common.
 *
 * @module
 */
import type { Estimate } from "../../lib/analysis/mod.ts";
import { threeDigits } from "../../lib/quantities.ts";
import type { Finding } from "../../lib/record.ts";
import { visibleText } from "../../lib/safe_text.ts";
import { bold, dim, printJson, yellow } from "../frame/mod.ts";

/** What stands where there is no number. */
export const NONE = "–";

/** "0.203 (0.201 to 0.205)"; without ends that are not known. */
export function estimateText(estimate: Estimate | null, factor = 1): string {
  if (estimate === null) return NONE;
  const { value, low, high } = estimate;
  const digits = (number: number) => threeDigits(number * factor);
  return low === null || high === null
    ? digits(value)
    : `${digits(value)} (${digits(low)} to ${digits(high)})`;
}

/** A p-value as a table has it. */
export function probabilityText(p: number | null): string {
  if (p === null) return NONE;
  return p < 0.0001 ? "<0.0001" : p.toPrecision(2);
}

/** Findings, notes and the verdict, under a table. */
export function closingLines(
  { findings, notes, verdict }: {
    findings: readonly Finding[];
    notes: readonly string[];
    verdict: string;
  },
): string[] {
  return [
    ...findings.map(({ message, remedy }) => yellow(`!  ${visibleText(message)}; ${remedy}`)),
    ...notes.map((note) => dim(`   ${visibleText(note)}`)),
    `${bold("Verdict")}  ${visibleText(verdict)}`,
  ];
}

/** Prints a result as one JSON document, or as lines. */
export function printResult<T>(value: T, isJson: boolean | undefined, lines: () => string[]): void {
  if (isJson) printJson(value);
  else for (const line of lines()) console.log(line);
}
