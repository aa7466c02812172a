import type { SpanColumns } from "./columns.ts";

/**
 * The same spans and, after them, one for each whole with what its spans leave of it: the time
 * between tokens belongs to their phase too. With it, {@link gatherColumns} adds up to the whole.
 *
 * @param wholeOf the whole of each span; −1 leaves it out
 * @returns as many spans as there were, then one for each whole
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { type SpanColumns, withRest } from "@tokenwatt/tokenwatt";
 *
 * const columns = (durationMs: number[], mj: number[]): SpanColumns => ({
 *   durationMs: Float64Array.from(durationMs),
 *   rails: new Map([["cpu", {
 *     mj: Float64Array.from(mj), lowMj: Float64Array.from(mj), highMj: Float64Array.from(mj),
 *     bounds: { lowestMw: 0, highestMw: 10_000 },
 *   }]]),
 * });
 * const tokens = withRest(columns([40, 40], [200, 210]), columns([90], [450]), [0, 0]);
 * assert(tokens.durationMs[2] === 10 && tokens.rails.get("cpu")?.mj[2] === 40);
 * ```
 */
export function withRest(
  spans: SpanColumns,
  wholes: SpanColumns,
  wholeOf: ArrayLike<number>,
): SpanColumns {
  const rest = (whole: Float64Array, part: Float64Array) => {
    const left = whole.slice();
    part.forEach((value, span) => {
      const at = wholeOf[span] ?? -1;
      if (at >= 0) left[at] = (left[at] ?? NaN) - value;
    });
    return left;
  };
  const durationMs = rest(wholes.durationMs, spans.durationMs)
    .map((ms) => Math.max(0, ms)); // rounding
  const extended: SpanColumns = {
    durationMs: joined(spans.durationMs, durationMs),
    rails: new Map(),
  };
  for (const [rail, own] of spans.rails) {
    const whole = wholes.rails.get(rail);
    const { lowestMw, highestMw } = own.bounds;
    const mj = whole ? rest(whole.mj, own.mj) : new Float64Array(durationMs.length).fill(NaN);
    const lowMj = mj.map((value, at) => Math.min(value, lowestMw * durationMs[at]! / 1000));
    const highMj = mj.map((value, at) => Math.max(value, highestMw * durationMs[at]! / 1000));
    extended.rails.set(rail, {
      mj: joined(own.mj, mj),
      lowMj: joined(own.lowMj, lowMj),
      highMj: joined(own.highMj, highMj),
      bounds: own.bounds,
    });
  }
  return extended;
}

function joined(one: Float64Array, other: Float64Array): Float64Array {
  const both = new Float64Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
