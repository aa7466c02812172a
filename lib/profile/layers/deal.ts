/**
 * Dealing a token's time to its parts, so that they add up to it exactly.
 *
 * @module
 */
import { AROUND, type Cells } from "./cells.ts";
import { aboveFloor, floorUs, highestFloorUs, sumAbove } from "./floor.ts";
import type { Operation, PassTimes } from "./operation_table.ts";

/** A token of a profiled answer. */
export interface ProfiledToken {
  /** Its forward passes: one, or several where a prompt went in pieces. */
  passes: PassTimes[];
  /** Time from asking for the passes to having their results, copies of the cache included. */
  forwardMs: number;
  /** Time from the last result to the token: choosing it, and its text. */
  samplingMs: number;
  /** All of it, from start to end. */
  durationMs: number;
}

/** The same token in a pass without a profiler. */
export interface CleanToken {
  /** All of it. */
  durationMs: number;
  /** The part of it after the forward pass. */
  samplingMs: number;
}

/** How the tokens of one phase are corrected. */
export interface Correction {
  /** Taken off every operation that the host timed. */
  floorUs: number;
  /** Time between operations, in parts of the time in them and around the passes. */
  frameworkRatio: number;
  /** Profiled ÷ clean duration; without a clean pass an estimate: that of what was taken off. */
  overhead: number | null;
}

/** 2⁻²⁰ ms: sums of its multiples are exact in any order, up to 2³³ ms. */
const GRID = 2 ** 20;
const US_PER_MS = 1000;

/** Rounds down to what adds up exactly, about a nanosecond. */
export function onGrid(ms: number): number {
  return Math.floor(ms * GRID) / GRID;
}

/**
 * Finds the correction of a phase from all of its tokens. With clean times, the floor is where
 * operations and the time around passes fill the clean time; where even the highest floor leaves
 * more, shares are scaled, and what none of them fills is `framework`.
 */
export function correctionOf(
  operations: readonly Operation[],
  tokens: readonly ProfiledToken[],
  clean: readonly CleanToken[] | null,
): Correction {
  const passes = tokens.flatMap((token) => token.passes);
  const most = highestFloorUs(operations, passes);
  const profiledMs = sum(tokens, (token) => token.durationMs);
  const insideMs = sum(passes, (pass) => pass.durationUs) / US_PER_MS;
  if (clean === null) {
    const nodesMs = sumAbove(operations, passes, most) / US_PER_MS;
    const trueMs = profiledMs - Math.max(0, insideMs - nodesMs);
    return {
      floorUs: most,
      frameworkRatio: 0,
      overhead: trueMs > 0 ? profiledMs / trueMs : null,
    };
  }
  const aroundMs = sum(tokens, (token) => token.forwardMs) - insideMs;
  const forwardMs = sum(clean, ({ durationMs, samplingMs }) => durationMs - samplingMs);
  const targetUs = Math.max(0, forwardMs - aroundMs) * US_PER_MS;
  const floor = floorUs(operations, passes, targetUs, most);
  const filledMs = sumAbove(operations, passes, floor) / US_PER_MS + aroundMs;
  const cleanMs = sum(clean, ({ durationMs }) => durationMs);
  return {
    floorUs: floor,
    frameworkRatio: filledMs > 0 ? Math.max(0, forwardMs - filledMs) / filledMs : 0,
    overhead: cleanMs > 0 ? profiledMs / cleanMs : null,
  };
}

/**
 * Deals one token's time to the cells, in ms. All are multiples of 2⁻²⁰ ms and none is negative;
 * their sum is `onGrid()` of the token's duration, exactly: `gaps`, the last, is the rest.
 */
export function dealToken(
  operations: readonly Operation[],
  { places, ofOperation }: Cells,
  token: ProfiledToken,
  clean: CleanToken | null,
  { floorUs, frameworkRatio }: Correction,
): Float64Array {
  const cellMs = new Float64Array(places.length);
  let nodesMs = 0;
  let insideMs = 0;
  for (const { durationUs, us, counts } of token.passes) {
    insideMs += durationUs / US_PER_MS;
    for (let i = 0; i < us.length; i++) {
      if (counts[i] === 0) continue;
      const floored = operations[i]!.isGpu ? 0 : counts[i]!;
      const ms = aboveFloor(us[i]!, floored, floorUs) / US_PER_MS;
      cellMs[ofOperation[i]!]! += ms;
      nodesMs += ms;
    }
  }
  const durationMs = onGrid((clean ?? token).durationMs);
  const samplingMs = onGrid(Math.min(durationMs, (clean ?? token).samplingMs));
  const aroundMs = Math.max(0, token.forwardMs - insideMs);
  const frameworkMs = clean === null
    ? Math.max(0, insideMs - nodesMs)
    : frameworkRatio * (nodesMs + aroundMs);
  const wantedMs = nodesMs + frameworkMs + (clean === null ? 0 : aroundMs);
  const roomMs = durationMs - samplingMs;
  const scale = wantedMs === 0 || (clean === null && wantedMs <= roomMs) ? 1 : roomMs / wantedMs;

  const [framework, sampling, gaps] = AROUND.map((_, i) => places.length - AROUND.length + i) as [
    number,
    number,
    number,
  ];
  cellMs[framework]! += frameworkMs;
  let dealtMs = samplingMs;
  for (let cell = 0; cell <= framework; cell++) {
    cellMs[cell] = onGrid(cellMs[cell]! * scale);
    dealtMs += cellMs[cell]!;
  }
  cellMs[sampling] = samplingMs;
  cellMs[gaps] = durationMs - dealtMs;
  return cellMs;
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
