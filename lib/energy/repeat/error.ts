import { DRAWS, meanOf } from "../draws.ts";
import { studentWidening } from "../student.ts";

/**
 * What the differences of the sweeps tell counts as so many independent values, however many blocks
 * there are: they are the work of a few slow waves, and a wave that lies evenly about the turn does
 * not show in them at all (docs/decisions/interval-constants.md).
 */
const TELLING = 3;
/** Before anything is seen, blocks of a second are taken to differ by this much; */
const PRIOR = 0.025;
/** which counts as so many values. */
const PRIOR_COUNT = 3;

/** The energy of one block in the two sweeps, in mJ by draw. */
export interface SweptPair {
  one: { durationMs: number; draws: Float64Array };
  other: { durationMs: number; draws: Float64Array };
}

/**
 * By what part of its power a block would differ if it were repeated once more, beyond what its
 * draws say: learned from all blocks' differences between the sweeps.
 *
 * Power that drifts makes these differences a straight line over the blocks, records that lie later
 * than dated give each block energy of its neighbours, in opposite ways in the two sweeps. Both
 * cancel in the mean of the sweeps, so they are taken out; what is left goes down with the time that
 * a block takes. It is held together with what is taken for granted before anything is seen, as a
 * scaled inverse χ² prior does it (Gelman et al., Bayesian Data Analysis, 2.6).
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
  const told = Math.min(TELLING, Math.max(0, freedom));
  const variance =
    (told * Math.max(0, seen - drawn) / 4 / Math.max(1, freedom) + PRIOR_COUNT * PRIOR ** 2) /
    (told + PRIOR_COUNT);
  const error = Math.sqrt(variance) * studentWidening(told + PRIOR_COUNT);
  return (totalMs) => error / Math.sqrt(totalMs / 1000);
}

/** What a combination of causes does not explain: residuals of least squares, by Gram and Schmidt. */
function without(values: readonly number[], causes: readonly (readonly number[])[]): number[] {
  const basis: number[][] = [];
  const project = (from: readonly number[]) =>
    basis.reduce<number[]>((left, unit) => {
      const along = left.reduce((sum, value, at) => sum + value * unit[at]!, 0);
      return left.map((value, at) => value - along * unit[at]!);
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
