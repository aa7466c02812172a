import type { ArmComparison, ExperimentResult } from "../../lib/experiment/mod.ts";
import type { FindingKind } from "../../lib/record.ts";
import { visibleText } from "../../lib/safe_text.ts";
import { percentOf, probabilityText } from "../answers/lines.ts";
import { comparisonLines } from "../compare/lines.ts";
import { bold, dim, yellow } from "../frame/mod.ts";

/** A result for people: the arms, how each differs, what was expected, and the verdict. */
export function experimentLines(result: ExperimentResult): string[] {
  const { plan, comparisons, nullComparison, expectations, failures } = result;
  const againstFirst = comparisons.filter(({ a }) => a.label === plan.baseline);
  const others = comparisons.filter(({ a }) => a.label !== plan.baseline);
  const compared = againstFirst.length === 0
    ? []
    : comparisonLines({ metric: plan.metric, comparisons: againstFirst.map(bare) });
  const isSaid = (kind: FindingKind) => result.findings.some((one) => one.kind === kind);
  const findings = [
    ...result.findings,
    ...comparisons.flatMap((one) => one.findings.filter(({ kind }) => !isSaid(kind))),
  ];
  const notes = [...result.notes, ...comparisons.flatMap((one) => one.notes)];
  return [
    ...compared,
    ...others.map(({ verdict }) => visibleText(verdict)),
    ...(nullComparison === null ? [] : [nullLine(nullComparison)]),
    ...(expectations.length === 0 ? [] : [""]),
    ...expectations.map(({ outcome, message }) => {
      const line = `Expected  ${visibleText(message)}`;
      return outcome === "fail" ? yellow(line) : line;
    }),
    "",
    ...unique(findings.map(({ message, remedy }) => `!  ${visibleText(message)}; ${remedy}`))
      .map(yellow),
    ...failures.map(({ arm, round, reason }) =>
      yellow(`!  process ${round + 1} of ${visibleText(arm)} failed twice: ${visibleText(reason)}`)
    ),
    ...unique(notes.map((note) => `   ${visibleText(note)}`)).map(dim),
    `${bold("Answer")}  ${visibleText(result.verdict)}`,
  ];
}

/** What all comparisons have in common is said once, below. */
function bare(comparison: ArmComparison): ArmComparison {
  return { ...comparison, findings: [], notes: [] };
}

function unique(lines: readonly string[]): string[] {
  return [...new Set(lines)];
}

function nullLine(
  { a, b, percent, pairing, test }: NonNullable<ExperimentResult["nullComparison"]>,
) {
  return dim(visibleText(
    `The same arm again: ${b.label} ÷ ${a.label} differs by ${
      percentOf(percent, pairing.count)
    } % ` +
      `(p ${probabilityText(test.p)})`,
  ));
}
