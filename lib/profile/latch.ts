import type { Calibration } from "../power/mod.ts";
import { type Rail, RAILS, type SourceKind } from "../record.ts";

/** How far the counters of each rail may be read behind the dates of its records, in ms. */
export type LatchByRail = Record<Rail, readonly [leastMs: number, mostMs: number]>;

/** Where nothing was calibrated (design, section 5.3). */
const PRIOR_MS = [-5, 40] as const;

/**
 * What is known of the latch delays: what `calibrate` found, widened by what it did not know of its
 * own dates, and the prior for rails that did not answer. An estimate reads its own clock.
 */
export function latchOf(kind: SourceKind, calibration: Calibration | null): LatchByRail {
  const { latchMs = {}, boundMs = 0 } = calibration ?? {};
  return Object.fromEntries(RAILS.map((rail) => {
    if (kind === "estimated") return [rail, [0, 0]];
    const found = latchMs[rail];
    return [rail, found ? [found.lowMs - boundMs, found.highMs + boundMs] : PRIOR_MS];
  })) as unknown as LatchByRail;
}

/** The earliest and the latest of some rails. */
export function widestLatch(
  latchMs: LatchByRail,
  rails: readonly Rail[],
): { leastMs: number; mostMs: number } {
  return {
    leastMs: Math.min(...rails.map((rail) => latchMs[rail][0])),
    mostMs: Math.max(...rails.map((rail) => latchMs[rail][1])),
  };
}
