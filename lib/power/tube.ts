/**
 * Where the boundaries of consecutive records can lie: for each boundary an interval, narrowed until
 * every point of it lies on some path that obeys all bounds and whose rate stays within the limit.
 */
export interface Tube {
  /** Earliest time of each boundary; boundary 0 is the start of the first record. */
  lowMs: Float64Array;
  /** Latest time of each boundary. */
  highMs: Float64Array;
}

/**
 * How far the clock behind `elapsed_ns` may run from ours: crystals differ by some 50 ppm, and NTP
 * slews by up to 500 ppm, but not for long (design 5.3 says 200).
 */
export const RATE_LIMIT = 200e-6;

// Times near 0, in ms, as doubles: rounding stays far below this.
const TOLERANCE_MS = 0.01;

/**
 * Narrows `tube` in place: record i lies between boundary i and i + 1 and lasts `stepsMs[i]`, and
 * `gapMs` pass after it.
 *
 * One pass forward and one back give exactly the reachable sets, with a rate that may differ from
 * record to record: no window, no fit, and drift over hours costs nothing but 0.2 ms for each second
 * of distance to the stamp that bounds a boundary. Both edges, and so their middle, are paths.
 * Returns the record that cannot be reconciled with those before it, or -1 where all can.
 */
export function narrow(
  { lowMs, highMs }: Tube,
  stepsMs: ArrayLike<number>,
  gapMs = 0,
): number {
  const n = stepsMs.length;
  if (lowMs[0]! > highMs[0]! + TOLERANCE_MS) return 0;
  for (let i = 0; i < n; i++) {
    const step = stepsMs[i]! + gapMs;
    lowMs[i + 1] = Math.max(lowMs[i + 1]!, lowMs[i]! + step * (1 - RATE_LIMIT));
    highMs[i + 1] = Math.min(highMs[i + 1]!, highMs[i]! + step * (1 + RATE_LIMIT));
    if (lowMs[i + 1]! > highMs[i + 1]! + TOLERANCE_MS) return i;
  }
  for (let i = n - 1; i >= 0; i--) {
    const step = stepsMs[i]! + gapMs;
    lowMs[i] = Math.max(lowMs[i]!, lowMs[i + 1]! - step * (1 + RATE_LIMIT));
    highMs[i] = Math.min(highMs[i]!, highMs[i + 1]! - step * (1 - RATE_LIMIT));
  }
  return -1;
}
