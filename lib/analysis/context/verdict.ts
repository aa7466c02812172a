import { threeDigits } from "../../quantities.ts";
import type { ContextCost } from "./context_cost.ts";

/** What context costs, in one line. */
export function verdictOf({ energy, time, points }: Omit<ContextCost, "verdict">): string {
  const [growth, unit] = energy ? [energy, "J"] as const : [time, "ms"] as const;
  if (growth === null) return `Nothing can be said from ${points.length} lengths; three are needed`;
  const { perThousandTokens: { value, low, high, resolved }, knee } = growth;
  const ends = `${threeDigits(low ?? NaN)} to ${threeDigits(high ?? NaN)} ${unit}`;
  const bend = knee === null ? "" : `; it bends at ${Math.round(knee.at)} tokens`;
  return (resolved
    ? `A decode step costs ${
      threeDigits(value)
    } ${unit} (${ends}) more for 1,000 tokens in the cache`
    : `That context costs anything cannot be seen: 1,000 tokens in the cache cost ${ends}`) + bend;
}
