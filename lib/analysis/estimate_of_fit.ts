import type { Estimate } from "./estimate.ts";
import type { Fitted } from "./statistics/mod.ts";

/** A fitted figure as an estimate: `resolved` where its interval leaves out 0. */
export function estimateOfFit({ value, low, high }: Fitted): Estimate {
  return { value, low, high, resolved: low > 0 || high < 0 };
}
