import type { Interval } from "../record.ts";

/** How many whole records must lie in a span before its energy is read from them. */
export const RESOLVING_RECORDS = 3;

/** Half an interval may be this part of its value for the value to count as resolved. */
export const RESOLVED_HALF_INTERVAL = 0.1;

/** Whether an interval is narrow enough for its value to count as resolved. */
export function isNarrow({ mj, lowMj, highMj }: Interval): boolean {
  return mj !== null && lowMj !== null && highMj !== null &&
    (highMj - lowMj) / 2 <= RESOLVED_HALF_INTERVAL * Math.abs(mj);
}
