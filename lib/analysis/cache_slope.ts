import type { ProfilingRun } from "../record.ts";
import type { Estimate } from "./estimate.ts";
import { fitLine, type Line, type Point } from "./statistics/mod.ts";

/** How a cost of a decode step grows with the tokens that its cache already holds. */
export interface PositionTrend {
  /** What was fitted: the cost of a token where so many were in the cache, as a mean over `tokens`. */
  points: { position: number; value: number; tokens: number }[];
  /** More for each token in the cache. */
  slope: Estimate;
  /** With an empty cache. */
  intercept: Estimate;
}

/** Time and energy of decode steps by cache position. */
export interface CacheSlope {
  /** In ms; `null` below three tokens. */
  durationMs: PositionTrend | null;
  /** In mJ; `null` below three groups of tokens whose energy is resolved. */
  energyMj: PositionTrend | null;
}

/**
 * What each token that is already in the cache adds to the time and the energy of a decode step.
 *
 * Lines of least squares with 95 % intervals, over the tokens of the mean repetition for time, over
 * their resolved groups for energy: a group counts as many times as it has tokens, and groups that
 * only share a record's energy by time would show the slope of time over again. A slope is
 * `resolved` where its interval does not hold 0. It is one run's: a cause that grows with time as
 * the cache does, such as heat, cannot be told from it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { cacheSlope, type ProfilingRun } from "@tokenwatt/tokenwatt";
 *
 * function perThousand(run: ProfilingRun): number | null {
 *   const { durationMs } = cacheSlope(run);
 *   return durationMs === null ? null : 1000 * durationMs.slope.value;
 * }
 * assert(typeof perThousand === "function");
 * ```
 */
export function cacheSlope(
  run: Pick<ProfilingRun, "tokens" | "groups" | "totals">,
): CacheSlope {
  // Token 1 is the first that finds a cache: the prompt, without token 0, which it puts in itself.
  const positionOf = (index: number) => run.totals.promptTokens + index - 1;
  const decoded = run.tokens.filter(({ phase }) => phase === "decode");
  const groups = run.groups.filter(({ phase, energy }) => phase === "decode" && energy.resolved);
  return {
    durationMs: trendOf(
      decoded.map(({ index, startMs, endMs }) => ({
        position: positionOf(index),
        value: endMs - startMs,
        tokens: 1,
      })),
    ),
    energyMj: trendOf(
      groups.flatMap(({ firstIndex, lastIndex, energy: { mj } }) => {
        const tokens = lastIndex - firstIndex + 1;
        if (mj === null) return [];
        return [{ position: positionOf((firstIndex + lastIndex) / 2), value: mj / tokens, tokens }];
      }),
    ),
  };
}

function trendOf(points: PositionTrend["points"]): PositionTrend | null {
  const line = fitLine(
    points.map(({ position, value, tokens }): Point => ({ x: position, y: value, weight: tokens })),
  );
  return line && { points, ...ends(line) };
}

function ends({ slope, slopeError, intercept, interceptError }: Line) {
  const around = (value: number, error: number): Estimate => ({
    value,
    low: value - error,
    high: value + error,
    resolved: Math.abs(value) > error,
  });
  return { slope: around(slope, slopeError), intercept: around(intercept, interceptError) };
}
