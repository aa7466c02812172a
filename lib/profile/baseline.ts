import type { PowerSample, Rail } from "../record.ts";
import { meanOf } from "../sample.ts";
import type { Baseline } from "./evidence.ts";

/** A stretch of time. */
export interface Window {
  startMs: number;
  endMs: number;
}

/** Where true times may lie, from the dated ones on: for the clocks' sake and the counters'. */
export interface Unsure {
  /** At the earliest; 0 or less. */
  earlyMs: number;
  /** At the latest; 0 or more. */
  lateMs: number;
}

/** In how many blocks the idle records are put, for their interval, and in how few at least. */
const BLOCKS = 5;
const LEAST_BLOCKS = 3;
/** 97.5 % point of Student's t for 1 degree of freedom, 2, and so on. */
const STUDENT_T = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

/**
 * The idle power over the windows before and after the measured one, from the means of blocks of
 * records. Only records that surely hold no work count: 20 ms of 30 W would double the mean of 5 s.
 */
export function baselineOf(
  samples: readonly PowerSample[],
  totalRails: readonly Rail[],
  before: Window | null,
  after: Window | null,
  unsure: Unsure = { earlyMs: 0, lateMs: 0 },
): Baseline {
  const rails = totalRails.filter((rail) => samples.some((sample) => measures(sample, rail)));
  const whole = samples.filter((sample) => rails.every((rail) => measures(sample, rail)));
  const powersOf = (window: Window | null) =>
    window === null || rails.length === 0
      ? []
      : blocksOf(surelyInside(whole, window, unsure)).map((records) => meanMw(records, rails));
  const beforeMw = powersOf(before);
  const afterMw = powersOf(after);
  const all = [...beforeMw, ...afterMw];
  if (all.length === 0) return { idleMw: null, errorMw: 0, drift: null };
  const idleMw = meanOf(all);
  const spread = Math.sqrt(
    all.reduce((sum, mw) => sum + (mw - idleMw) ** 2, 0) / Math.max(1, all.length - 1),
  );
  const t = STUDENT_T[Math.min(all.length - 2, STUDENT_T.length - 1)] ?? STUDENT_T[0] ?? 0;
  return {
    idleMw,
    errorMw: t * spread / Math.sqrt(all.length),
    drift: beforeMw.length > 0 && afterMw.length > 0
      ? (meanOf(afterMw) - meanOf(beforeMw)) / meanOf(beforeMw)
      : null,
  };
}

function measures({ energyMj }: PowerSample, rail: Rail): boolean {
  return typeof energyMj[rail] === "number";
}

function surelyInside(
  samples: readonly PowerSample[],
  window: Window,
  { earlyMs, lateMs }: Unsure,
): PowerSample[] {
  return samples.filter(({ startMs, endMs }) =>
    startMs + earlyMs >= window.startMs && endMs + lateMs <= window.endMs
  );
}

/** Half a record's power cannot be told from its other half: each block needs one of its own. */
function blocksOf(records: readonly PowerSample[]): PowerSample[][] {
  const count = Math.min(BLOCKS, records.length);
  if (count < LEAST_BLOCKS) return [];
  const from = (block: number) => Math.round(block * records.length / count);
  return Array.from({ length: count }, (_, i) => records.slice(from(i), from(i + 1)));
}

function meanMw(records: readonly PowerSample[], rails: readonly Rail[]): number {
  let [mj, ms] = [0, 0];
  for (const { startMs, endMs, energyMj } of records) {
    for (const rail of rails) mj += energyMj[rail] ?? 0;
    ms += endMs - startMs;
  }
  return mj / ms * 1000;
}
