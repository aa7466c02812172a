import type { InterTokenLatency, ProfilingRun } from "../record.ts";
import { quantileOf } from "../sample.ts";

/**
 * Time from one token to the next, over every measured repetition: from when a token is there to
 * when its follower is. The first token of each repetition counts in `ttftMs`, not here.
 *
 * Percentiles are linear between neighbours.
 *
 * @returns `null` where no repetition made two tokens
 */
export function interTokenLatency(run: Pick<ProfilingRun, "trace">): InterTokenLatency | null {
  const repetitions = Map.groupBy(run.trace.tokens, ({ repetition }) => repetition);
  const waits = Array.from(repetitions.values(), (tokens) => {
    const ends = tokens.toSorted((a, b) => a.index - b.index).map(({ endMs }) => endMs);
    return ends.slice(1).map((endMs, at) => endMs - (ends[at] ?? NaN));
  }).flat();
  if (waits.length === 0) return null;
  const sorted = Float64Array.from(waits).sort();
  return {
    count: sorted.length,
    meanMs: sorted.reduce((sum, wait) => sum + wait, 0) / sorted.length,
    p50Ms: quantileOf(sorted, 0.5),
    p95Ms: quantileOf(sorted, 0.95),
    p99Ms: quantileOf(sorted, 0.99),
    maxMs: quantileOf(sorted, 1),
  };
}
