import type { Rail, Span } from "../record.ts";
import type { Ensemble } from "./ensemble.ts";

/** How far the counters of a rail are read behind their records' dates: a delay, or its range, in ms. */
export type Latch = number | readonly [lowMs: number, highMs: number];

/** Options of {@link attributeEnergy} and {@link energyOver}. */
export interface AttributionOptions {
  /** Rails that add up to the total; default: the measured ones that no other one contains. */
  totalRails?: readonly Rail[];
  /** Half-width of what is not known about the clocks, in ms; default 0; Infinity: no energy is known. */
  clockBoundMs?: number;
  /** Delay of the counters, for all rails or by rail; default 0. */
  latchMs?: Latch | Partial<Record<Rail, Latch>>;
  /** Rails whose counters are published in batches of many records, as a finding says; default none. */
  batchedRails?: readonly Rail[];
  /** Idle power of the total, in mW; with it, `net` is filled. */
  idleMw?: number;
  /** Half the 95 % interval of `idleMw`. */
  idleErrorMw?: number;
  /** The relative error of a source that estimates; makes every energy `estimated`. */
  statedError?: number | null;
  /** The highest power that this machine has shown on a rail, in mW; default: twice that of the samples. */
  highestMw?: Partial<Record<Rail, number>>;
  /** Of the joint draws; default 1. */
  seed?: number;
  /**
   * Of the latch's draws, which is the same error in all runs of a machine: with one `latchSeed` and
   * a `seed` each, it cancels in their difference, draw by draw, and nothing else does. Default `seed`.
   */
  latchSeed?: number;
  /** Called with the draws of every node, timed or weighted, children first. */
  onNode?: (span: Span, ensemble: Ensemble, path: readonly Span[]) => void;
}

/** Refuses numbers that nothing can be computed with, before they make every energy NaN. */
export function checkOptions(options: AttributionOptions): void {
  const { clockBoundMs = 0, latchMs = 0, idleMw = 0, idleErrorMw = 0, statedError } = options;
  demand("clockBoundMs", clockBoundMs, clockBoundMs >= 0, "0 or more");
  demand("idleMw", idleMw, Number.isFinite(idleMw), "a power");
  demand("idleErrorMw", idleErrorMw, idleErrorMw >= 0 && idleErrorMw < Infinity, "0 or more");
  const error = statedError ?? 0;
  demand("statedError", error, error >= 0 && error < Infinity, "a fraction, or null");
  for (const highestMw of Object.values(options.highestMw ?? {})) {
    demand("highestMw", highestMw, highestMw >= 0 && highestMw < Infinity, "0 or more");
  }
  for (const latch of isLatch(latchMs) ? [latchMs] : Object.values(latchMs)) {
    const [lowMs, highMs] = latchRange(latch);
    const isRange = highMs >= lowMs && Number.isFinite(highMs - lowMs);
    demand("latchMs", latch, isRange, "a delay in ms, or the lowest and the highest");
  }
}

/** The lowest and the highest delay of a rail's counters. */
export function latchOf(
  rail: Rail,
  { latchMs = 0 }: AttributionOptions,
): readonly [number, number] {
  return latchRange(isLatch(latchMs) ? latchMs : latchMs[rail] ?? 0);
}

function latchRange(latch: Latch): readonly [number, number] {
  return typeof latch === "number" ? [latch, latch] : latch;
}

function isLatch(latchMs: Latch | Partial<Record<Rail, Latch>>): latchMs is Latch {
  return typeof latchMs === "number" || Array.isArray(latchMs);
}

function demand(name: string, value: unknown, holds: boolean, meaning: string): void {
  if (!holds) {
    throw new RangeError(`Cannot attribute energy with ${name} ${value}; pass ${meaning}`);
  }
}
