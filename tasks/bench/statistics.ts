/**
 * The statistics of the benchmark: medians of ratios, and how sure they are.
 *
 * @module
 */

/** Milliseconds per token of the four blocks of a round, two for each side. */
export interface Round {
  baseMs: [number, number];
  subjectMs: [number, number];
  /** CPUs that other processes kept busy meanwhile, on average. */
  foreignCpus: number;
}

/** A median with a 95 % interval; the ends are `null` where there are too few values for one. */
export interface Estimate {
  median: number;
  low: number | null;
  high: number | null;
}

/** What a figure must be. */
export type Goal = { atMost: number } | { atLeast: number };

/** `sure` is false where the interval holds values on both sides of the goal. */
export interface Verdict {
  reached: boolean;
  sure: boolean;
}

/** The subject's time as a multiple of the base's. The order base, subject, subject, base cancels drift. */
export function timeRatio({ baseMs, subjectMs }: Pick<Round, "baseMs" | "subjectMs">): number {
  return (subjectMs[0] + subjectMs[1]) / (baseMs[0] + baseMs[1]);
}

/** The least value that `percent` of all do not pass. Throws for none. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.ceil(sorted.length * percent / 100) - 1];
  if (value === undefined) throw new Error(`Cannot take percentile ${percent} of no values`);
  return value;
}

/**
 * The rounds that others disturbed least. They are chosen by what others did and not by what was
 * measured, so choosing does not move the ratio.
 */
export function quietest<R extends Pick<Round, "foreignCpus">>(
  rounds: readonly R[],
  count: number,
): R[] {
  return [...rounds].sort((a, b) => a.foreignCpus - b.foreignCpus).slice(0, count);
}

/** The middle value; the mean of the two middle ones of an even number. Throws for none. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error("Cannot take the median of no values");
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * The median and an interval that holds the true one in at least 95 of 100 cases, whatever the
 * distribution: as few values lie below it as a fair coin shows heads (Conover, Practical
 * Nonparametric Statistics, 3.2). A bootstrap of the median promises more than it holds with so few.
 */
export function estimate(values: readonly number[]): Estimate {
  const sorted = [...values].sort((a, b) => a - b);
  const cut = valuesOutside(sorted.length);
  return {
    median: median(sorted),
    low: cut === 0 ? null : sorted[cut - 1]!,
    high: cut === 0 ? null : sorted.at(-cut)!,
  };
}

/** Whether a figure keeps its goal, by its median. */
export function judge({ median, low, high }: Estimate, goal: Goal): Verdict {
  const keeps = (value: number) => "atMost" in goal ? value <= goal.atMost : value >= goal.atLeast;
  const reached = keeps(median);
  return {
    reached,
    sure: low !== null && high !== null && keeps(low) === reached && keeps(high) === reached,
  };
}

// The largest k with P(fewer than k heads in n throws) of at most 2.5 %: the k-th values from both
// ends bound the median. Six values are the fewest that bound anything.
function valuesOutside(count: number): number {
  let probability = 0.5 ** count;
  let sum = 0;
  for (let heads = 0; heads < count; heads++) {
    sum += probability;
    if (sum > 0.025) return heads;
    probability *= (count - heads) / (heads + 1);
  }
  return 0;
}
