/**
 * Energies of parts put together.
 *
 * @module
 */
import type { InsidePart, PartEnergy } from "../record.ts";
import { type ComponentFamily, FAMILIES, familyOf } from "./component_families.ts";

/** An energy with the time that it took. */
export interface TimedEnergy extends PartEnergy {
  durationMs: number;
}

/**
 * The sum of parts. Its ends are the sums of theirs: hard limits stay true, 95 % ones get wider than
 * they must. Unknown where a part is unknown.
 */
export function sumOf(parts: readonly TimedEnergy[]): TimedEnergy {
  const add = (pick: (part: TimedEnergy) => number | null) =>
    parts.reduce<number | null>((sum, part) => {
      const value = pick(part);
      return sum === null || value === null ? null : sum + value;
    }, 0);
  const methods = new Set(parts.map(({ method }) => method));
  const intervals = new Set(parts.map(({ interval }) => interval));
  return {
    durationMs: parts.reduce((sum, { durationMs }) => sum + durationMs, 0),
    energyMj: add(({ energyMj }) => energyMj),
    lowMj: add(({ lowMj }) => lowMj),
    highMj: add(({ highMj }) => highMj),
    interval: intervals.size === 1
      ? [...intervals][0] ?? null
      : intervals.has(null)
      ? null
      : "ci95",
    method: methods.size === 1 ? [...methods][0] ?? null : "sum",
    resolved: parts.length > 0 && parts.every(({ resolved }) => resolved),
  };
}

/** A family of components with what it took. */
export interface FamilySum extends TimedEnergy {
  family: ComponentFamily;
  parts: InsidePart[];
}

/** Parts by family, in the order of the families; only those that are there. */
export function byFamily(parts: readonly InsidePart[]): FamilySum[] {
  const groups = Map.groupBy(parts, ({ component }) => familyOf(component));
  return FAMILIES.flatMap((family) => {
    const own = groups.get(family);
    return own === undefined ? [] : [{ family, parts: own, ...sumOf(own) }];
  });
}
