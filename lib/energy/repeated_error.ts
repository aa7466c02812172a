import { DRAWS, meanOf } from "./draws.ts";

/**
 * Draws explain differences of the sweeps that then cancel in their mean. So only this part of them
 * is taken off what was seen: with all of it 92.5 % of 1,553 simulated intervals hold the truth, with
 * half 94.9 % (tests/energy/repeated_test.ts).
 */
const EXPLAINED = 0.5;
/**
 * Slow waves of power that are alike on both sides of the turn do not differ between the sweeps. What
 * is seen stands for as much again (on the rig, tasks/accuracy/sweeps.ts, 90.7 % held without).
 */
const UNSEEN = 2;

/** The energy of one block in the two sweeps, in mJ by draw. */
export interface SweptPair {
  one: { durationMs: number; draws: Float64Array };
  other: { durationMs: number; draws: Float64Array };
}

/** Before anything is seen, blocks of a second are taken to differ by this much; one pair's worth. */
const PRIOR = 0.01;

/**
 * By what part of its power a block would differ if it were repeated once more, beyond what its
 * draws say: learned from all blocks' differences between the sweeps.
 *
 * Power that drifts makes these differences a straight line over the blocks, records that lie later
 * than dated give each block energy of its neighbours, in opposite ways in the two sweeps. Both
 * cancel in the mean of the sweeps, so they are taken out; what is left is noise, which goes down
 * with the time that a block takes.
 *
 * @returns the relative standard error of a block that took so many ms in all
 */
export function repetitionError(pairs: readonly SweptPair[]): (totalMs: number) => number {
  const usable = pairs.filter(({ one, other }) => meanOf(one.draws) + meanOf(other.draws) > 0);
  const count = usable.length;
  const totalsMs = usable.map(({ one, other }) => one.durationMs + other.durationMs);
  const powers = usable.map(({ one, other }, at) =>
    (meanOf(one.draws) + meanOf(other.draws)) / (totalsMs[at] ?? NaN)
  );
  // As it would be in a block of a second: the noise of a longer one is less.
  const weights = totalsMs.map((ms) => Math.sqrt(ms / 1000));
  const causes = [
    weights,
    weights.map((weight, at) => weight * (at - (count - 1) / 2)),
    weights.map((weight, at) => {
      const power = powers[at] ?? NaN;
      const step = (powers[at - 1] ?? power) - (powers[at + 1] ?? power);
      return weight * step / power / (totalsMs[at] ?? NaN);
    }),
  ];
  const freedom = count - causes.length;
  const differencesOf = (energyMj: (draws: Float64Array) => number) =>
    usable.map(({ one, other }, at) => {
      const difference = energyMj(one.draws) / one.durationMs -
        energyMj(other.draws) / other.durationMs;
      return difference / (powers[at] ?? NaN) * (weights[at] ?? NaN);
    });
  const seen = freedom > 0 ? squares(without(differencesOf(meanOf), causes)) : 0;
  const means = differencesOf(meanOf);
  let drawn = 0;
  for (let draw = 0; freedom > 0 && draw < DRAWS; draw++) {
    const off = differencesOf((draws) => draws[draw] ?? NaN)
      .map((difference, at) => difference - (means[at] ?? NaN));
    drawn += squares(without(off, causes)) / DRAWS;
  }
  // A difference has four times the variance of a mean of two.
  const pairsSeen = Math.max(0, freedom) + 1;
  const variance = UNSEEN * Math.max(0, seen - EXPLAINED * drawn) / 4 / pairsSeen +
    PRIOR ** 2 / pairsSeen;
  const error = Math.sqrt(variance) * studentWidening(pairsSeen);
  return (totalMs) => error / Math.sqrt(totalMs / 1000);
}

/** What a combination of causes does not explain: residuals of least squares, by Gram and Schmidt. */
function without(values: readonly number[], causes: readonly (readonly number[])[]): number[] {
  const basis: number[][] = [];
  const project = (from: readonly number[]) =>
    basis.reduce<number[]>((left, unit) => {
      const along = left.reduce((sum, value, at) => sum + value * (unit[at] ?? 0), 0);
      return left.map((value, at) => value - along * (unit[at] ?? 0));
    }, [...from]);
  for (const cause of causes) {
    const left = project(cause);
    const size = Math.sqrt(squares(left));
    if (size > 1e-9 * Math.sqrt(squares(cause))) basis.push(left.map((value) => value / size));
  }
  return project(values);
}

function squares(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}

/** Student's 97.5 % point by the normal one: Cornish and Fisher's first terms (Fisher, 1941). */
export function studentWidening(freedom: number): number {
  return 1 + (2.372 / freedom + 2.823 / freedom ** 2) / 1.96;
}
