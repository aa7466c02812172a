import { type RailColumns, type SpanColumns, unmeasured } from "./columns.ts";
import { limitsOfPart } from "../limits.ts";

/** How spans divide into parts: rows of weights, one row a span, or one for all that divide alike. */
export interface WeightColumns {
  /** How many parts each span has: the length of a row. */
  parts: number;
  /** Row after row; 0 or more, corrected ms of the twin. Only their ratios count. */
  weights: Float64Array;
  /** The row of each span (such as that of its phase), −1 where none is known; default: its own. */
  rowOf?: ArrayLike<number>;
  /** The part that takes all of a span whose weights are all 0; without it, that is refused. */
  restPart?: number;
}

/**
 * Deals the energy of tokens to what lies below them, in columns: 1,000 tokens of 32 layers and 10
 * components on 3 rails take a tenth of a second.
 *
 * Part i of a span (T, E) takes tᵢ = T × weight ÷ Σ weights. Its mean is E × tᵢ ÷ T, so the parts add
 * up to the span on every rail; its ends are the hard limits that tᵢ, the powers Pmin and Pmax, and
 * the span's own limits leave (design, section 7, method 5). No draws are kept: a share is a fixed
 * fraction of its span in every one of them. Parts are spans again: deal components to operations by
 * a second call. Layers are dealt by the weights of their components, added up by
 * {@link groupWeights}.
 *
 * @param spans by {@link columnsOf}
 * @returns span × part, row after row; `NaN` where the span was not measured or has no row
 * @throws {RangeError} if the weights do not fit the spans, if one of them is negative or not finite,
 * or if all of a span's weights are 0 and there is no `restPart`
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { attributeColumns, attributeEnergy, columnsOf, type Ensemble } from "@tokenwatt/tokenwatt";
 *
 * const samples = Array.from({ length: 10 }, (_, i) => ({
 *   startMs: i * 100, endMs: (i + 1) * 100, energyMj: { cpu: 500 },
 * }));
 * const tokens: Ensemble[] = [];
 * attributeEnergy({ kind: "phase", name: "decode", startMs: 100, endMs: 900, children: [
 *   { kind: "token", name: "1", startMs: 100, endMs: 500, children: [] },
 *   { kind: "token", name: "2", startMs: 500, endMs: 900, children: [] },
 * ] }, samples, { onNode: (span, ensemble) => span.kind === "token" && tokens.push(ensemble) });
 * // Both tokens divide alike: attention 1 ms, MLP 3 ms in the twin.
 * const cells = attributeColumns(columnsOf(tokens), {
 *   parts: 2, weights: Float64Array.of(1, 3), rowOf: [0, 0],
 * });
 * assert(Math.abs((cells.rails.get("cpu")?.mj[3] ?? 0) - 1500) < 1);
 * ```
 */
export function attributeColumns(spans: SpanColumns, shares: WeightColumns): SpanColumns {
  const count = spans.durationMs.length;
  const fractions = fractionsOf(shares, count);
  const length = count * shares.parts;
  const cells: SpanColumns = { durationMs: new Float64Array(length).fill(NaN), rails: new Map() };
  const eachCell = (visit: (cell: number, span: number, fraction: number) => void) => {
    for (let span = 0; span < count; span++) {
      const row = shares.rowOf ? shares.rowOf[span] ?? -1 : span;
      if (row < 0) continue;
      for (let part = 0; part < shares.parts; part++) {
        visit(span * shares.parts + part, span, fractions[row * shares.parts + part] ?? NaN);
      }
    }
  };
  eachCell((cell, span, fraction) => {
    cells.durationMs[cell] = (spans.durationMs[span] ?? NaN) * fraction;
  });
  for (const [rail, whole] of spans.rails) {
    const own: RailColumns = { ...unmeasured(length), bounds: whole.bounds };
    cells.rails.set(rail, own);
    eachCell((cell, span, fraction) => {
      const limits = limitsOfPart(
        cells.durationMs[cell] ?? NaN,
        spans.durationMs[span] ?? NaN,
        { lowMj: whole.lowMj[span] ?? NaN, highMj: whole.highMj[span] ?? NaN },
        whole.bounds,
      );
      own.mj[cell] = (whole.mj[span] ?? NaN) * fraction;
      own.lowMj[cell] = limits.lowMj;
      own.highMj[cell] = limits.highMj;
    });
  }
  return cells;
}

/**
 * Adds up weights part by part: those of components become those of their layers.
 *
 * @param groupOf the group of each part, from 0
 * @param groups how many groups there are
 * @throws {RangeError} if a part has no group
 */
export function groupWeights(
  shares: WeightColumns,
  groupOf: ArrayLike<number>,
  groups: number,
): WeightColumns {
  const rows = rowsOf(shares);
  const weights = new Float64Array(rows * groups);
  const groupAt = (part: number) => {
    const group = groupOf[part] ?? -1;
    if (Number.isInteger(group) && group >= 0 && group < groups) return group;
    throw new RangeError(`Cannot group part ${part}: ${groupOf[part]} is none of ${groups} groups`);
  };
  for (let part = 0; part < shares.parts; part++) {
    const group = groupAt(part);
    for (let row = 0; row < rows; row++) {
      const at = row * groups + group;
      weights[at]! += shares.weights[row * shares.parts + part] ?? NaN;
    }
  }
  const restPart = shares.restPart === undefined ? {} : { restPart: groupAt(shares.restPart) };
  return { parts: groups, weights, ...restPart, ...(shares.rowOf ? { rowOf: shares.rowOf } : {}) };
}

/** The weights of each row as fractions that add up to 1. */
function fractionsOf(shares: WeightColumns, spans: number): Float64Array {
  const { parts, weights, rowOf, restPart } = shares;
  const rows = rowsOf(shares);
  const isRow = (row: number) => Number.isInteger(row) && row >= -1 && row < rows;
  const fits = rowOf ? rowOf.length === spans && Array.from(rowOf).every(isRow) : rows === spans;
  if (!fits) {
    throw new RangeError(
      `Cannot divide ${spans} spans by ${rows} rows of weights; ` +
        "pass one row for each, or the row of each",
    );
  }
  if (
    restPart !== undefined && !(Number.isInteger(restPart) && restPart >= 0 && restPart < parts)
  ) {
    throw new RangeError(`Cannot leave the rest to part ${restPart}; pass one of ${parts} parts`);
  }
  const fractions = new Float64Array(weights.length);
  for (let row = 0; row < rows; row++) {
    const own = weights.subarray(row * parts, (row + 1) * parts);
    const sum = own.reduce((total, weight) => total + weight, 0);
    if (own.some((weight) => !(weight >= 0)) || !(sum < Infinity)) {
      throw new RangeError(`Cannot divide by the weights of row ${row}; pass 0 or more`);
    }
    if (sum === 0 && restPart === undefined) {
      throw new RangeError(`Cannot divide by row ${row}: all its weights are 0; pass a restPart`);
    }
    own.forEach((weight, part) => {
      const rest = part === restPart ? 1 : 0;
      fractions[row * parts + part] = sum > 0 ? weight / sum : rest;
    });
  }
  return fractions;
}

function rowsOf({ parts, weights }: WeightColumns): number {
  const rows = weights.length / parts;
  if (Number.isInteger(parts) && parts > 0 && Number.isInteger(rows)) return rows;
  throw new RangeError(`Cannot read ${weights.length} weights as rows of ${parts} parts`);
}
