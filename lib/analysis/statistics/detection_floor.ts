import { chiSquaredQuantile, studentQuantile } from "./distributions.ts";

/** What null differences say of the noise: of two things that are one and the same. */
export interface NullSpread {
  /** Variance of one difference of a pair. */
  variance: number;
  /** Independent null differences behind it. */
  degrees: number;
}

/** Share of cases in which an effect at the floor is found. */
const POWER = 0.9;

/**
 * The smallest mean difference that would be found (p < 0.05) at least nine times in ten, over so
 * many pairs.
 *
 * Few null pairs know the noise badly: it is taken at the upper end of its 90 % interval (χ²), so
 * that a floor is not low by luck.
 *
 * @returns in the unit of the differences; `null` without a null pair
 */
export function detectionFloor(
  spread: NullSpread,
  pairs: number,
  degrees: number,
): number | null {
  if (!(spread.degrees >= 1) || !(degrees > 0) || pairs < 1) return null;
  const variance = spread.variance * spread.degrees /
    chiSquaredQuantile(1 - POWER, spread.degrees);
  const reach = studentQuantile(0.975, degrees) + studentQuantile(POWER, degrees);
  return reach * Math.sqrt(variance / pairs);
}
