/**
 * Which components cannot be ranked, since their order depends on what was taken off for timing.
 *
 * @module
 */
import type { UnsureRank } from "../../record.ts";
import { aboveFloor } from "./floor.ts";
import type { Operation } from "./operation_table.ts";
import type { ProfiledToken } from "./deal.ts";

/** Less than this part of the time in operations is not worth a rank. */
const LEAST_SHARE = 0.01;

/** Pairs of neighbours in the ranking of components, all layers together, that are not certain. */
export function rankingChanges(
  phase: "prefill" | "decode",
  operations: readonly Operation[],
  tokens: readonly ProfiledToken[],
  floorUs: number,
): UnsureRank[] {
  const names = [...new Set(operations.map(({ place }) => place.component))];
  const nameOf = operations.map(({ place }) => names.indexOf(place.component));
  const timesOf = (floor: number) =>
    tokens.map(({ passes }) => {
      const us = new Float64Array(names.length);
      for (const pass of passes) {
        pass.us.forEach((spent, i) => {
          const floored = operations[i]!.isGpu ? 0 : pass.counts[i]!;
          us[nameOf[i]!]! += aboveFloor(spent, floored, floor);
        });
      }
      return us;
    });
  const corrected = timesOf(floorUs);
  const sumsOf = (rows: readonly Float64Array[]) =>
    names.map((_, i) => rows.reduce((sum, row) => sum + row[i]!, 0));
  const sums = sumsOf(corrected);
  const raw = sumsOf(timesOf(0));
  const total = sums.reduce((sum, us) => sum + us, 0);
  const ranked = names.map((_, i) => i).filter((i) => sums[i]! > LEAST_SHARE * total)
    .sort((a, b) => sums[b]! - sums[a]!);
  return ranked.slice(1).flatMap((second, at): UnsureRank[] => {
    const first = ranked[at]!;
    const isFlipped = raw[first]! < raw[second]!;
    const isNoise = !differ(corrected.map((row) => row[first]! - row[second]!));
    if (!isFlipped && !isNoise) return [];
    return [{
      phase,
      first: names[first]!,
      second: names[second]!,
      reason: isFlipped ? "floor" : "noise",
      difference: sums[first]! / sums[second]! - 1,
    }];
  });
}

/** Whether a mean difference is above twice its standard error; one token alone tells nothing. */
function differ(differences: readonly number[]): boolean {
  const count = differences.length;
  if (count < 3) return true;
  const mean = differences.reduce((sum, d) => sum + d, 0) / count;
  const variance = differences.reduce((sum, d) => sum + (d - mean) ** 2, 0) / (count - 1);
  return Math.abs(mean) > 2 * Math.sqrt(variance / count);
}
