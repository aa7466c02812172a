import { energyOver } from "../energy/mod.ts";
import type { PowerSample, Rail } from "../record.ts";
import type { Baseline } from "./evidence.ts";

/** A stretch of time. */
export interface Window {
  startMs: number;
  endMs: number;
}

/** In how many blocks the idle time is cut, for its interval. */
const BLOCKS = 5;
/** 97.5 % point of Student's t for BLOCKS − 1 degrees of freedom, and so on down to 1. */
const STUDENT_T = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

/** The idle power over the windows before and after the measured one, from the means of blocks. */
export function baselineOf(
  samples: readonly PowerSample[],
  totalRails: readonly Rail[],
  before: Window | null,
  after: Window | null,
): Baseline {
  const powersOf = (window: Window | null) =>
    window && isLongEnough(window, samples)
      ? blocksOf(window).flatMap((block) => meanMw(samples, totalRails, block) ?? [])
      : [];
  const beforeMw = powersOf(before);
  const afterMw = powersOf(after);
  const all = [...beforeMw, ...afterMw];
  if (all.length === 0) return { idleMw: null, errorMw: 0, drift: null };
  const idleMw = mean(all);
  const spread = Math.sqrt(
    all.reduce((sum, mw) => sum + (mw - idleMw) ** 2, 0) / Math.max(1, all.length - 1),
  );
  const t = STUDENT_T[Math.min(all.length - 2, STUDENT_T.length - 1)] ?? STUDENT_T[0] ?? 0;
  return {
    idleMw,
    errorMw: t * spread / Math.sqrt(all.length),
    drift: beforeMw.length > 0 && afterMw.length > 0
      ? (mean(afterMw) - mean(beforeMw)) / mean(beforeMw)
      : null,
  };
}

/** Half a record's power cannot be told from its other half: each block needs one of its own. */
function isLongEnough({ startMs, endMs }: Window, samples: readonly PowerSample[]): boolean {
  const lengths = samples.map((sample) => sample.endMs - sample.startMs).sort((a, b) => a - b);
  const cadenceMs = lengths[Math.floor(lengths.length / 2)] ?? Infinity;
  return endMs - startMs >= BLOCKS * cadenceMs * 0.9;
}

function blocksOf({ startMs, endMs }: Window): Window[] {
  const lengthMs = (endMs - startMs) / BLOCKS;
  return Array.from({ length: BLOCKS }, (_, index) => ({
    startMs: startMs + index * lengthMs,
    endMs: startMs + (index + 1) * lengthMs,
  }));
}

function meanMw(
  samples: readonly PowerSample[],
  totalRails: readonly Rail[],
  { startMs, endMs }: Window,
): number | null {
  const { mj } = energyOver(samples, startMs, endMs, { totalRails });
  return mj === null || endMs <= startMs ? null : mj / (endMs - startMs) * 1000;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
