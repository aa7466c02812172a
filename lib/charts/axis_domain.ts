/**
 * Where an axis of figures begins and ends.
 *
 * @module
 */

/** Ends of an axis that holds all values: from 0 where they spread wide, else with some air. */
export function axisDomain(values: readonly number[]): [low: number, high: number] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (!Number.isFinite(least) || !Number.isFinite(most)) return [0, 1];
  const air = Math.max(0.08 * (most - least), 0.02 * Math.abs(most));
  if (least >= 0 && least < 0.5 * most) return [0, most + air];
  return air === 0 ? [least - 1, most + 1] : [least - air, most + air];
}

/** What a caption says where the axis of these values does not begin at 0. */
export function domainNote(values: readonly number[]): string[] {
  return axisDomain(values)[0] > 0 ? ["The axis does not begin at 0."] : [];
}
