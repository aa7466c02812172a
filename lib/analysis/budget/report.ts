import { AssertionError } from "node:assert/strict";
import type { BudgetOutcome } from "./one_sided.ts";

/** What is done where the data cannot decide. */
export type WhenInconclusive = "warn" | "fail" | "pass";

/** What a budget came to. */
export interface BudgetResult {
  /** `inconclusive`: neither met nor exceeded at that confidence. */
  outcome: BudgetOutcome;
  /** The figure. */
  value: number | null;
  /** It is below this with the asked confidence at most once in so many; `null` if not known. */
  low: number | null;
  /** It is above this as rarely; `null` if not known. */
  high: number | null;
  /** What it may be at most. */
  max: number;
  /** One line. */
  message: string;
}

/** Throws, warns or is silent, as the outcome asks. */
export function report(
  { outcome, message, value, max }: BudgetResult,
  inconclusive: WhenInconclusive,
): void {
  if (outcome === "exceeded" || (outcome === "inconclusive" && inconclusive === "fail")) {
    throw new AssertionError({ message, actual: value, expected: max, operator: "<=" });
  }
  if (outcome === "inconclusive" && inconclusive === "warn") console.warn(message);
}
