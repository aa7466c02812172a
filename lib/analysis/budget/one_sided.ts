import { studentQuantile } from "../statistics/mod.ts";

/** What data say of a limit. */
export type BudgetOutcome = "met" | "exceeded" | "inconclusive";

/** A mean of logarithms with its standard error; `Infinity` where nothing is known of it. */
export interface KnownLog {
  mean: number;
  error: number;
  degrees: number;
}

/** Between which factors the truth lies: each end alone is passed with 1 − confidence at most. */
export function oneSided({ mean, error, degrees }: KnownLog, confidence: number): {
  low: number;
  high: number;
} {
  if (!Number.isFinite(error) || !(degrees > 0)) return { low: 0, high: Infinity };
  const half = studentQuantile(confidence, degrees) * error;
  return { low: Math.exp(mean - half), high: Math.exp(mean + half) };
}

/** Whether a figure is at most `max`, by its ends. */
export function outcomeOf(
  { low, high }: { low: number; high: number },
  max: number,
): BudgetOutcome {
  return high <= max ? "met" : low > max ? "exceeded" : "inconclusive";
}
