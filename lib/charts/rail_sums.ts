/**
 * What each rail drew in the whole of one repetition.
 *
 * @module
 */
import type { Interval, ProfilingRun, Rail } from "../record.ts";

/** As far as phases and total may differ by rounding. */
const ALIKE = 0.005;

/**
 * Each rail over all phases; `null` where one of them does not know it. Its ends are the sums of the
 * phases' ends, which are wider than they must. Where `stacked` rails make up the total, that tells
 * more: a rail drew at least what the total's lower end leaves when the others drew all they may, and
 * at most the reverse.
 */
export function railSums(
  { phases, totals }: Pick<ProfilingRun, "phases" | "totals">,
  stacked: readonly Rail[],
): Map<Rail, Interval | null> {
  const sums = new Map(stacked.map((rail) => [rail, sumOf(phases, rail)]));
  const { energyMj, lowMj, highMj } = totals;
  const all = [...sums.values()].filter((one) => one !== null);
  const sum = all.reduce((so, { mj }) => so + mj!, 0);
  const isWhole = all.length === sums.size && energyMj !== null &&
    Math.abs(sum - energyMj) <= ALIKE * energyMj;
  if (!isWhole || lowMj === null || highMj === null) return sums;
  const ends = (pick: (one: Interval) => number | null) =>
    all.reduce<number | null>((so, one) => {
      const end = pick(one);
      return so === null || end === null ? null : so + end;
    }, 0);
  const [lows, highs] = [ends((one) => one.lowMj), ends((one) => one.highMj)];
  if (lows === null || highs === null) return sums;
  return new Map([...sums].map(([rail, own]) => {
    const { mj, lowMj: low, highMj: high } = own as { mj: number; lowMj: number; highMj: number };
    return [rail, {
      mj,
      lowMj: Math.min(mj, Math.max(low, lowMj - (highs - high))),
      highMj: Math.max(mj, Math.min(high, highMj - (lows - low))),
    }];
  }));
}

function sumOf(phases: ProfilingRun["phases"], rail: Rail): Interval | null {
  const own = phases.map(({ energy }) => energy.byRail[rail] ?? null);
  if (own.length === 0 || own.some((energy) => energy === null || energy.mj === null)) return null;
  const add = (pick: (energy: Interval) => number | null) =>
    own.reduce<number | null>((sum, energy) => {
      const value = energy === null ? null : pick(energy);
      return sum === null || value === null ? null : sum + value;
    }, 0);
  return {
    mj: add(({ mj }) => mj),
    lowMj: add(({ lowMj }) => lowMj),
    highMj: add(({ highMj }) => highMj),
  };
}
