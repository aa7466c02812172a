import type { InterTokenLatency, ProfilingRun } from "../record.ts";

/**
 * Time from one token to the next, over every measured repetition: from when a token is there to
 * when its follower is. The first token of each repetition counts in `ttftMs`, not here.
 *
 * Percentiles are linear between neighbours (type 7 of Hyndman and Fan, Am. Stat. 50, 1996; NumPy's
 * default).
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
    p50Ms: quantile(sorted, 0.5),
    p95Ms: quantile(sorted, 0.95),
    p99Ms: quantile(sorted, 0.99),
    maxMs: quantile(sorted, 1),
  };
}

function quantile(sorted: Float64Array, fraction: number): number {
  const position = fraction * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] ?? NaN;
  return low + ((sorted[below + 1] ?? low) - low) * (position - below);
}
