/**
 * p-values that are counted rather than taken from a distribution: how many ways to deal the signs,
 * or the labels, lead to a difference that is as large.
 *
 * @module
 */
import { sumOver } from "../../sample.ts";

/** Sums that differ by rounding alone are alike. */
const ALIKE = 1 - 1e-12;

/** Fisher's sign flips: the exact test of a mean of 0 for differences that are symmetric about it. */
export function signFlipP(differences: readonly number[]): number {
  const seen = Math.abs(sumOver(differences, (value) => value));
  const ways = 2 ** differences.length;
  let sum = sumOver(differences, (value) => -Math.abs(value));
  const up = differences.map(() => false);
  let asLarge = Math.abs(sum) >= seen * ALIKE ? 1 : 0;
  for (let way = 1; way < ways; way++) {
    // Gray's code: each way differs from the last by one sign.
    const at = 31 - Math.clz32(way & -way);
    up[at] = !up[at];
    sum += (up[at] ? 2 : -2) * Math.abs(differences[at] ?? 0);
    if (Math.abs(sum) >= seen * ALIKE) asLarge++;
  }
  return asLarge / ways;
}

/** Wilcoxon's signed ranks, exact; differences of 0 are left out, equal ones share their rank. */
export function signedRankP(differences: readonly number[]): number {
  const given = differences.filter((value) => value !== 0);
  const ranks = ranksOf(given.map(Math.abs));
  return signFlipP(given.map((value, index) => Math.sign(value) * (ranks[index] ?? 0)));
}

/** Every way to deal the values to two arms of these sizes, by value or by rank. */
export function rankSumP(a: readonly number[], b: readonly number[], byRank: boolean): number {
  const all = [...a, ...b];
  const values = byRank ? ranksOf(all) : all;
  const expected = sumOver(values, (value) => value) * a.length / all.length;
  const centred = values.map((value) => value - expected / a.length);
  const seen = Math.abs(sumOver(centred.slice(0, a.length), (value) => value));
  let [ways, asLarge] = [0, 0];
  const deal = (from: number, left: number, sum: number) => {
    if (left === 0) {
      ways++;
      if (Math.abs(sum) >= seen * ALIKE) asLarge++;
      return;
    }
    for (let at = from; at <= centred.length - left; at++) {
      deal(at + 1, left - 1, sum + (centred[at] ?? 0));
    }
  };
  deal(0, a.length, 0);
  return asLarge / ways;
}

function ranksOf(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const alike = values.filter((other) => other === value).length;
    return below + (alike + 1) / 2;
  });
}
