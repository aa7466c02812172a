import { alignRecords } from "../../lib/power/mod.ts";
import {
  playVirtually,
  type RigOverrides,
  SeededRandom,
  type VirtualRun,
} from "../../lib/power/rig/mod.ts";
import type { Family } from "./families.ts";

/** How one run of the rig was dated, against the truth. */
export interface AlignmentTrial {
  family: string;
  seconds: number;
  boundMs: number;
  /** Boundaries of records, and how many of them lie within the bound. */
  boundaries: number;
  inside: number;
  /** Whether the reading of the stamps is the true one. */
  isRightReading: boolean;
  clockSteps: number;
  /** Relative error of the energy of the records inside a span of 10 s or more; null of none. */
  wholeRecordsError: number | null;
}

/** What a trial is to be made of. */
export interface AlignmentOrder {
  seed: number;
  family: Family;
  /** Length in s; drawn between 10 and 600, even on a scale of ratios, unless stated. */
  seconds?: number;
  traits?: RigOverrides;
  /** Whether nobody reads how far the wall clock is from ours. */
  isBlind?: boolean;
}

const LEAST_SPAN_MS = 10_000;
const LEAD_MS = 1000;

/** Plays one run, dates its records and compares with the truth. */
export function alignmentTrial(
  { seed, family, traits, isBlind = false, ...fixed }: AlignmentOrder,
): AlignmentTrial {
  const random = new SeededRandom(seed);
  const seconds = fixed.seconds ?? 10 * 60 ** random.next();
  const run = playVirtually({
    seed,
    chip: random.pick(family.chips),
    intervalMs: family.intervalMs,
    worksOn: random.pick(["cpu", "gpu"]),
    phases: [
      { phase: "idle", durationMs: LEAD_MS },
      // With a lead on both sides, as profile() has it, the span lies in steady work.
      { phase: "decode", durationMs: seconds * 1000 - 2 * LEAD_MS },
      { phase: "idle", durationMs: LEAD_MS },
    ],
    traits: { session: family.session, ...traits },
  });
  const records = isBlind
    ? run.records.map(({ wallAheadMs: _, ...record }) => record)
    : run.records;
  const { samples, boundMs, convention, findings } = alignRecords(records, run.arrivalsMs, {
    spawnMs: run.spawnMs,
    intervalMs: family.intervalMs,
  });
  let inside = 0;
  samples.forEach(({ startMs, endMs }, i) => {
    if (Math.abs(startMs - run.startsMs[i]!) <= boundMs) inside++;
    if (Math.abs(endMs - run.endsMs[i]!) <= boundMs) inside++;
  });
  return {
    family: family.name,
    seconds,
    boundMs,
    boundaries: 2 * samples.length,
    inside,
    isRightReading: convention === run.traits.stamps,
    clockSteps: findings.filter(({ kind }) => kind === "clock-step").length,
    wholeRecordsError: wholeRecordsError(run, samples, seconds, random),
  };
}

/** The energy of the records that lie in a span, against the truth over the time that they cover. */
function wholeRecordsError(
  run: VirtualRun,
  samples: readonly { startMs: number; endMs: number }[],
  seconds: number,
  random: SeededRandom,
): number | null {
  const steadyMs = seconds * 1000 - 4 * LEAD_MS;
  if (steadyMs < LEAST_SPAN_MS) return null;
  const lengthMs = random.between(LEAST_SPAN_MS, steadyMs);
  const fromMs = run.beganMs + 2 * LEAD_MS + random.between(0, steadyMs - lengthMs);
  let [measuredMj, trueMj] = [0, 0];
  samples.forEach(({ startMs, endMs }, i) => {
    if (startMs < fromMs || endMs > fromMs + lengthMs) return;
    const { cpu, gpu, ane } = run.records[i]!.energyMj;
    measuredMj += (cpu ?? 0) + (gpu ?? 0) + (ane ?? 0);
    trueMj += run.schedule.totalMj(run.startsMs[i]!, run.endsMs[i]!);
  });
  return measuredMj / trueMj - 1;
}

/** How far off the energy of whole records is, where it could be compared. */
export function wholeErrors(trials: readonly AlignmentTrial[]): number[] {
  return trials.flatMap(({ wholeRecordsError: error }) => error === null ? [] : Math.abs(error));
}
