import type { SourceKind } from "../record.ts";

/**
 * How far a meter's counters may be read behind the dates of its records when nothing was calibrated,
 * in ms (design, section 5.3). An estimate reads its own clock.
 */
export function latchPriorMs(kind: SourceKind): readonly [leastMs: number, mostMs: number] {
  return kind === "estimated" ? [0, 0] : [-5, 40];
}
