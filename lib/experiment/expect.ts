import { type Comparison, type Estimate, jointRatio } from "../analysis/mod.ts";
import type { Expectation } from "./definition.ts";
import type { ExpectationResult, Outcome } from "./result.ts";

/** Share by which two arms may differ and still count as the same. */
const ALIKE = 0.05;

/** The arm that an expectation compares with. */
export function otherOf({ lessThan, moreThan, sameAs }: Expectation): string {
  return lessThan ?? moreThan ?? sameAs ?? "";
}

/**
 * Looks whether the whole interval of `arm ÷ other` fulfils what was expected, or contradicts it:
 * the interval that holds together with those of all other expectations, as one of `count`.
 *
 * It is not Holm's correction, which has p-values and no intervals, and a claim of how much needs
 * these; what merely was compared is none of this family, as nobody claimed it beforehand.
 */
export function judgeExpectation(
  arm: string,
  expectation: Expectation,
  comparison: Comparison,
  count: number,
): ExpectationResult {
  const other = otherOf(expectation);
  const { metricName } = comparison;
  const joint = jointRatio(comparison, count);
  const ratio = comparison.b.label === arm ? joint : inverse(joint);
  const { lessThan, moreThan } = expectation;
  const { value } = ratio;
  const [low, high] = [ratio.low ?? -Infinity, ratio.high ?? Infinity];
  const by = expectation.by ?? (lessThan === undefined && moreThan === undefined ? ALIKE : 0);
  const among = count === 1 ? "" : `, corrected for ${count} expectations`;
  const result = (outcome: Outcome, claim: string): ExpectationResult => ({
    arm,
    other,
    expectation,
    outcome,
    message: `${metricName} of ${arm} ${claim}: ${WORDS[outcome]} (${arm} ÷ ${other} is ` +
      `${value.toFixed(3)}${ends(ratio.low, ratio.high)}${among})`,
  });
  const share = by === 0 ? "" : ` by ${(100 * by).toPrecision(2)} % or more`;
  if (lessThan !== undefined) {
    const most = 1 - by;
    return result(within(high < most, low >= most), `lower than of ${other}${share}`);
  }
  if (moreThan !== undefined) {
    const least = 1 + by;
    return result(within(low > least, high <= least), `higher than of ${other}${share}`);
  }
  const [least, most] = [1 - by, 1 + by];
  return result(
    within(low > least && high < most, high <= least || low >= most),
    `within ${(100 * by).toPrecision(2)} % of ${other}`,
  );
}

/** That of all: one failure fails them, one that is open leaves them open. */
export function outcomeOf(outcomes: readonly Outcome[]): Outcome | null {
  if (outcomes.length === 0) return null;
  if (outcomes.includes("fail")) return "fail";
  return outcomes.includes("inconclusive") ? "inconclusive" : "pass";
}

const WORDS: Record<Outcome, string> = {
  pass: "shown",
  fail: "contradicted",
  inconclusive: "neither shown nor contradicted",
};

function within(shown: boolean, contradicted: boolean): Outcome {
  return shown ? "pass" : contradicted ? "fail" : "inconclusive";
}

function inverse({ value, low, high, resolved }: Estimate): Estimate {
  return {
    value: 1 / value,
    low: high === null ? null : 1 / high,
    high: low === null ? null : 1 / low,
    resolved,
  };
}

function ends(low: number | null, high: number | null): string {
  return low === null || high === null ? "" : `, ${low.toFixed(3)} to ${high.toFixed(3)}`;
}
