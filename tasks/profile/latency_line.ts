import { cacheSlope } from "../../lib/analysis/mod.ts";
import { formatMs, threeDigits } from "../../lib/quantities.ts";
import type { ProfilingRun } from "../../lib/record.ts";
import { bold } from "../frame/mod.ts";

/** How long a reader waits, and what each cached token adds to that where it can be told. */
export function latencyLines(run: ProfilingRun): string[] {
  const { latency, totals } = run;
  if (latency === null || totals.ttftMs === null) return [];
  return [
    `${bold("Tokens")} first after ${formatMs(totals.ttftMs)}, then one every ` +
    `${formatMs(latency.p50Ms)} (p95 ${formatMs(latency.p95Ms)}, p99 ${formatMs(latency.p99Ms)})` +
    slope(run),
  ];
}

function slope(run: ProfilingRun): string {
  const { durationMs } = cacheSlope(run);
  if (!durationMs?.slope.resolved) return "";
  const { value, low, high } = durationMs.slope;
  const [us, lowUs, highUs] = [value, low ?? NaN, high ?? NaN].map((ms) => threeDigits(1000 * ms));
  return `; each token in the cache adds ${us} µs (${lowUs} to ${highUs})`;
}
