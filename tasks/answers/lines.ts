/**
 * What the answers' tables have in common.
 *
 * @module
 */
import type { Estimate, Figure } from "../../lib/analysis/mod.ts";
import { MOST_PERCENT, mostPercent, threeDigits } from "../../lib/quantities.ts";
import type { Finding } from "../../lib/record.ts";
import { visibleText } from "../../lib/safe_text.ts";
import { bold, type Column, dim, printJson, tableLines, yellow } from "../frame/mod.ts";

/** What stands where there is no number. */
export const NONE = "–";

/** "0.203 (0.201 to 0.205)"; without ends that are not known. */
export function estimateText(estimate: Estimate | null, factor = 1): string {
  return withEnds(estimate, (number) => threeDigits(number * factor));
}

function withEnds(estimate: Estimate | null, digits: (value: number) => string): string {
  if (estimate === null) return NONE;
  const { value, low, high } = estimate;
  return low === null || high === null
    ? digits(value)
    : `${digits(value)} (${digits(low)} to ${digits(high)})`;
}

/** What stands in a table for an interval that is none. */
const TOO_FEW = "(too few)";

/** Student's interval of two units spans orders of magnitude: it tells their number, not a cost. */
const FEWEST = 3;

/** An estimate that was made of so many processes, or runs. One run's interval is its own. */
export function estimateOf(estimate: Estimate | null, units: number, factor = 1): string {
  return ofUnits(estimate, units, (number) => threeDigits(number * factor));
}

/** The same of a difference in percent: ">1,000" for what says only that little is known. */
export function percentOf(percent: Estimate, units: number): string {
  return ofUnits(percent, units, (end) => percentCell(end, mostPercent(percent)));
}

/** A percentage as a table has it. */
export function percentCell(percent: number, most: number = MOST_PERCENT): string {
  return percent > most ? `>${threeDigits(most)}` : threeDigits(percent);
}

function ofUnits(
  estimate: Estimate | null,
  units: number,
  digits: (value: number) => string,
): string {
  const isKnown = estimate !== null && estimate.low !== null && estimate.high !== null;
  return isKnown && units > 1 && units < FEWEST
    ? `${digits(estimate.value)} ${TOO_FEW}`
    : withEnds(estimate, digits);
}

/** The figure of runs; as for {@link estimateOf}, its units are processes where these are several. */
export function figureText(figure: Figure | null, factor = 1): string {
  return figure === null ? NONE : estimateOf(figure, unitsOf(figure), factor);
}

/** What an interval is of: processes, or the runs where they are of one, or of who knows which. */
export function unitsOf({ runs, processes }: { runs: number; processes: number | null }): number {
  return processes !== null && processes > 1 ? processes : runs;
}

/** A table of estimates, and why some have no interval. */
export function estimateLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string[] {
  const lines = tableLines(columns, rows);
  return rows.some((cells) => cells.some((cell) => cell.endsWith(TOO_FEW)))
    ? [...lines, dim(`${TOO_FEW}: too few processes for an interval; run at least ${FEWEST}`)]
    : lines;
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
