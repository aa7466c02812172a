/**
 * What timing an operation adds to its time. Even a Reshape, which does nothing, is given 10 to
 * 20 µs; left in, that takes from the matrix products what cheap operations never cost.
 *
 * @module
 */
import type { Operation, PassTimes } from "./operation_table.ts";

/** Operators that only relabel memory: what they are given is the cost of timing. */
const FREE = /^(Reshape|Squeeze|Unsqueeze|Shape|Flatten|Identity)$/;
/** So few of them tell no percentile. */
const ENOUGH = 20;

/** Time above the floor: of all occurrences of an operation in a pass, never below 0. */
export function aboveFloor(us: number, count: number, floorUs: number): number {
  return Math.max(0, us - floorUs * count);
}

/**
 * The most that a floor may be, in µs: the 5 % point of the operations that do nothing. Where a
 * graph has none of them, the least time of any operation. 0 where nothing was timed by the host.
 */
export function highestFloorUs(
  operations: readonly Operation[],
  passes: readonly PassTimes[],
): number {
  const times = (isWanted: (operation: Operation) => boolean) => {
    const found: number[] = [];
    for (const { us, counts } of passes) {
      for (let i = 0; i < us.length; i++) {
        const operation = operations[i]!;
        if (counts[i]! > 0 && !operation.isGpu && isWanted(operation)) {
          found.push(us[i]! / counts[i]!);
        }
      }
    }
    return found;
  };
  const free = times(({ opType }) => FREE.test(opType)).sort((a, b) => a - b);
  if (free.length >= ENOUGH) return free[Math.floor(free.length * 0.05)]!;
  const least = times(() => true).reduce((least, us) => Math.min(least, us), Infinity);
  return least === Infinity ? 0 : least;
}

/**
 * The floor f at which Σ max(0, durationᵢ − f) is `targetUs`, between 0 and `mostUs`.
 *
 * What a GPU timed has no floor. 0 where the sum is below the target as it is.
 */
export function floorUs(
  operations: readonly Operation[],
  passes: readonly PassTimes[],
  targetUs: number,
  mostUs: number,
): number {
  if (sumAbove(operations, passes, 0) <= targetUs) return 0;
  if (sumAbove(operations, passes, mostUs) >= targetUs) return mostUs;
  let [low, high] = [0, mostUs];
  // The sum falls with f and is continuous; 40 halvings leave less than a picosecond.
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (sumAbove(operations, passes, middle) > targetUs) low = middle;
    else high = middle;
  }
  return high;
}

/** Σ of the times above a floor, in µs. */
export function sumAbove(
  operations: readonly Operation[],
  passes: readonly PassTimes[],
  floor: number,
): number {
  let sum = 0;
  for (const { us, counts } of passes) {
    for (let i = 0; i < us.length; i++) {
      if (counts[i]! > 0) sum += aboveFloor(us[i]!, operations[i]!.isGpu ? 0 : counts[i]!, floor);
    }
  }
  return sum;
}
