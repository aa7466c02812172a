import type { SpanColumns } from "./columns.ts";
import { limitsOfPart } from "../limits.ts";

/**
 * Adds up parts over spans: the components of all tokens become those of a phase, of a run.
 *
 * The means add up. The ends are those of the added times in the whole (T, E), or the sum of the
 * parts' own ends, whichever are closer: neither a phase of many records nor a token that is known
 * on its own leaves as much open as the other. Go up step by step, from tokens to groups, to phases,
 * to the run, and each step's knowledge counts.
 *
 * @param cells span × part, row after row, by {@link attributeColumns}
 * @param wholes what the spans belong to, by {@link columnsOf}
 * @param wholeOf the whole of each span; −1 leaves it out
 * @returns whole × part, row after row; `NaN` where one of the spans was not measured, or none is
 * @throws {RangeError} if `cells` are no rows of as many spans, or a span has no such whole
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { gatherColumns, type SpanColumns } from "@tokenwatt/tokenwatt";
 *
 * const columns = (durationMs: number[], mj: number[], lowMj: number[], highMj: number[]) => ({
 *   durationMs: Float64Array.from(durationMs),
 *   rails: new Map([["cpu", {
 *     mj: Float64Array.from(mj), lowMj: Float64Array.from(lowMj), highMj: Float64Array.from(highMj),
 *     bounds: { lowestMw: 0, highestMw: 10_000 },
 *   }]]),
 * }) satisfies SpanColumns;
 * // The MLP of two tokens, 30 ms each of 40 ms; each alone may hold 0 to 300 mJ.
 * const mlp = columns([30, 30], [150, 150], [0, 0], [300, 300]);
 * // Together the tokens hold 400 mJ, of which 20 ms of other work take 200 at most.
 * const decode = columns([80], [400], [400], [400]);
 * const total = gatherColumns(mlp, decode, [0, 0]).rails.get("cpu");
 * assert(total?.mj[0] === 300 && total.lowMj[0] === 200 && total.highMj[0] === 400);
 * ```
 */
export function gatherColumns(
  cells: SpanColumns,
  wholes: SpanColumns,
  wholeOf: ArrayLike<number>,
): SpanColumns {
  const count = wholes.durationMs.length;
  const parts = partsOf(cells, count, wholeOf);
  const sum = (column: Float64Array) => sumRows(column, parts, count, wholeOf);
  const gathered: SpanColumns = { durationMs: sum(cells.durationMs), rails: new Map() };
  for (const [rail, own] of cells.rails) {
    const sums = { mj: sum(own.mj), lowMj: sum(own.lowMj), highMj: sum(own.highMj) };
    const whole = wholes.rails.get(rail);
    sums.mj.forEach((_, at) => {
      const index = Math.floor(at / parts);
      const wholeMs = wholes.durationMs[index] ?? NaN;
      const known = { lowMj: whole?.lowMj[index] ?? NaN, highMj: whole?.highMj[index] ?? NaN };
      const inWhole = limitsOfPart(gathered.durationMs[at] ?? NaN, wholeMs, known, own.bounds);
      // Comparisons with NaN are false: where the whole was not measured, the parts' ends stay.
      if (inWhole.lowMj > (sums.lowMj[at] ?? NaN)) sums.lowMj[at] = inWhole.lowMj;
      if (inWhole.highMj < (sums.highMj[at] ?? NaN)) sums.highMj[at] = inWhole.highMj;
    });
    gathered.rails.set(rail, { ...sums, bounds: own.bounds });
  }
  return gathered;
}

function sumRows(
  column: Float64Array,
  parts: number,
  wholes: number,
  wholeOf: ArrayLike<number>,
): Float64Array {
  const sums = new Float64Array(wholes * parts);
  const isEmpty = new Array<boolean>(wholes).fill(true);
  for (let span = 0; span < wholeOf.length; span++) {
    const whole = wholeOf[span] ?? -1;
    if (whole < 0) continue;
    isEmpty[whole] = false;
    for (let part = 0; part < parts; part++) {
      const at = whole * parts + part;
      sums[at]! += column[span * parts + part] ?? NaN;
    }
  }
  isEmpty.forEach((empty, whole) => empty && sums.fill(NaN, whole * parts, (whole + 1) * parts));
  return sums;
}

function partsOf(cells: SpanColumns, wholes: number, wholeOf: ArrayLike<number>): number {
  const spans = wholeOf.length;
  const parts = spans > 0 ? cells.durationMs.length / spans : 0;
  if (!Number.isInteger(parts)) {
    throw new RangeError(
      `Cannot gather ${cells.durationMs.length} parts of ${spans} spans: not as many parts for each`,
    );
  }
  for (let span = 0; span < spans; span++) {
    const whole = wholeOf[span] ?? NaN;
    if (Number.isInteger(whole) && whole >= -1 && whole < wholes) continue;
    throw new RangeError(`Cannot gather span ${span} in ${whole}: there are ${wholes} wholes`);
  }
  return parts;
}
