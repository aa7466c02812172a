/**
 * Two runs of one prompt, token by token.
 *
 * @module
 */
import type { RunRecord } from "../run_record.ts";
import type { ComparisonMetric } from "./metric.ts";

/** Fewer stretches than these say nothing of how much they vary. */
const LEAST_STRETCHES = 5;

/**
 * Differences of logarithms over the decoded tokens that both runs have, one for each stretch whose
 * energy both know on its own (each token, for times); `null` where there are too few.
 */
export function tokenDifferences(
  a: RunRecord,
  b: RunRecord,
  metric: ComparisonMetric,
): number[] | null {
  const isTime = metric === "tokensPerSecond";
  if (!isTime && metric !== "joulesPerToken") return null;
  const [costsA, costsB] = isTime ? [tokenTimes(a), tokenTimes(b)] : [energies(a), energies(b)];
  const differences = [...costsA].flatMap(([end, sumA]) => {
    const sumB = costsB.get(end);
    return sumB === undefined ? [] : [[sumA, sumB] as const];
  }).map(([sumA, sumB], at, ends) => {
    const [beforeA, beforeB] = ends[at - 1] ?? [0, 0];
    return Math.log((sumB - beforeB) / (sumA - beforeA));
  });
  if (differences.length < LEAST_STRETCHES || !differences.every(Number.isFinite)) return null;
  // Tokens per second are the inverse of what was compared.
  return isTime ? differences.map((value) => -value) : differences;
}

/** Energy of the decoded tokens up to each one after which a resolved stretch ends. */
function energies({ groups = [] }: RunRecord): Map<number, number> {
  const sums = new Map<number, number>();
  let sumMj = 0;
  for (const { phase, lastIndex, energy } of groups) {
    if (phase !== "decode") continue;
    if (!energy.resolved || energy.mj === null) break;
    sumMj += energy.mj;
    sums.set(lastIndex, sumMj);
  }
  return sums;
}

function tokenTimes({ tokens = [] }: RunRecord): Map<number, number> {
  let sumMs = 0;
  return new Map(
    tokens.filter(({ phase }) => phase === "decode")
      .map(({ index, startMs, endMs }) => [index, sumMs += endMs - startMs]),
  );
}
