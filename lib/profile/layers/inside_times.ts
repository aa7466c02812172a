/**
 * What the twin tells of the inside of tokens: plain data in columns, so that it crosses threads.
 *
 * @module
 */
import type { ComponentPlace } from "../../model/mod.ts";
import type { ComponentTiming, UnsureRank } from "../../record.ts";
import { AROUND, cellsOf } from "./cells.ts";
import { type CleanToken, correctionOf, dealToken, type ProfiledToken } from "./deal.ts";
import { aboveFloor } from "./floor.ts";
import type { Operation } from "./operation_table.ts";
import { rankingChanges } from "./ranking.ts";
import { withoutStalls } from "./stalls.ts";
import { warningsOf } from "./warnings.ts";

/** One phase of an answer, inside. */
export interface InsidePhase {
  /** Which phase. */
  phase: "prefill" | "decode";
  /** Time of its tokens, in ms; what `componentMs` adds up to. */
  durationMs: number;
  /** Time by place, in ms, as in `InsideTimes.places`: the weights of layers and components. */
  componentMs: Float64Array;
  /** Time by operation, in ms, as in `InsideTimes.operations`: the weights of operations. */
  operationMs: Float64Array;
  /** What was taken off each operation for being timed, in µs. */
  floorUs: number;
  /** Profiled ÷ clean duration; without clean times, what was taken off. `null` without a token. */
  overhead: number | null;
  /** Time of interrupted operations that was left out, in ms. */
  stalledMs: number;
  /** Share of the time inside operations whose place is known, 0 to 1. */
  coverage: number;
  /** Components whose order is not certain. */
  rankingChanges: UnsureRank[];
}

/** The times inside the tokens of one answer. */
export interface InsideTimes {
  /** Components by layer, those outside the layers, then `framework`, `sampling` and `gaps`. */
  places: ComponentPlace[];
  /** The operations that ran. */
  operations: Operation[];
  /** Number of tokens; token 0 came out of the prefill. */
  tokens: number;
  /** Time of each token, in ms: the clean one, where it was given. */
  durationMs: Float64Array;
  /** Time by token and place, row by row, in ms; a row adds up to the token's time exactly. */
  componentMs: Float64Array;
  /** Time by token and operation, row by row, in ms; `null` unless it was asked for. */
  operationMs: Float32Array | null;
  /** Prefill, and decode where there was any. */
  phases: InsidePhase[];
  /** Profile events that were read. */
  events: number;
  /** What cannot be told, one line each. */
  warnings: string[];
}

/** Puts together what was timed, corrected by the clean times where they are known. */
export function insideTimes(
  operations: readonly Operation[],
  tokens: readonly ProfiledToken[],
  clean: readonly CleanToken[] | null,
  events: number,
  wantsOperations = false,
): InsideTimes {
  const cells = cellsOf(operations);
  const width = cells.places.length;
  const componentMs = new Float64Array(tokens.length * width);
  const durationMs = new Float64Array(tokens.length);
  const ofTokens = wantsOperations ? new Float32Array(tokens.length * operations.length) : null;
  const phases: InsidePhase[] = [];
  for (const phase of ["prefill", "decode"] as const) {
    const [from, to] = phase === "prefill" ? [0, 1] : [1, tokens.length];
    // Without a clean pass there is nothing that the rest could be scaled to.
    const { tokens: mine, stalledMs } = clean === null
      ? { tokens: tokens.slice(from, to), stalledMs: 0 }
      : withoutStalls(tokens.slice(from, to));
    if (mine.length === 0) continue;
    const correction = correctionOf(operations, mine, clean?.slice(from, to) ?? null);
    const rows = mine.map((token, i) => {
      const row = dealToken(operations, cells, token, clean?.[from + i] ?? null, correction);
      componentMs.set(row, (from + i) * width);
      durationMs[from + i] = row.reduce((sum, ms) => sum + ms, 0);
      ofTokens?.set(
        operationMs(operations, cells.ofOperation, [token], row, correction.floorUs),
        (from + i) * operations.length,
      );
      return row;
    });
    const sums = new Float64Array(width);
    for (const row of rows) row.forEach((ms, cell) => sums[cell]! += ms);
    const inOperations = sums.subarray(0, width - AROUND.length).reduce((sum, ms) => sum + ms, 0);
    const other = cells.places.findIndex(({ component, layer }) =>
      layer === null && component === "other"
    );
    phases.push({
      phase,
      durationMs: sums.reduce((sum, ms) => sum + ms, 0),
      componentMs: sums,
      operationMs: operationMs(operations, cells.ofOperation, mine, sums, correction.floorUs),
      floorUs: correction.floorUs,
      overhead: correction.overhead,
      stalledMs,
      coverage: inOperations === 0 ? 1 : 1 - (other === -1 ? 0 : sums[other]! / inOperations),
      rankingChanges: rankingChanges(phase, operations, mine, correction.floorUs),
    });
  }
  return {
    places: cells.places,
    operations: operations.map((operation) => ({ ...operation })),
    tokens: tokens.length,
    durationMs,
    componentMs,
    operationMs: ofTokens,
    phases,
    events,
    warnings: warningsOf(operations, phases),
  };
}

/** The same as rows, one a token and place; without activations. */
export function timingsOf(times: InsideTimes): ComponentTiming[] {
  const { places, tokens, componentMs } = times;
  return Array.from({ length: tokens }, (_, tokenIndex) =>
    places.map((place, cell) => ({
      tokenIndex,
      ...place,
      durationMs: componentMs[tokenIndex * places.length + cell]!,
      activation: null,
    }))).flat();
}

/** Operations share their component's time by what they took above the floor. */
function operationMs(
  operations: readonly Operation[],
  cellOf: readonly number[],
  tokens: readonly ProfiledToken[],
  cellMs: Float64Array,
  floorUs: number,
): Float64Array {
  const ms = new Float64Array(operations.length);
  for (const { us, counts } of tokens.flatMap(({ passes }) => passes)) {
    us.forEach((spent, i) =>
      ms[i]! += aboveFloor(spent, operations[i]!.isGpu ? 0 : counts[i]!, floorUs) / 1000
    );
  }
  const sums = new Float64Array(cellMs.length);
  ms.forEach((spent, i) => sums[cellOf[i]!]! += spent);
  return ms.map((spent, i) => {
    const cell = cellOf[i]!;
    return sums[cell] === 0 ? 0 : spent * cellMs[cell]! / sums[cell]!;
  });
}
