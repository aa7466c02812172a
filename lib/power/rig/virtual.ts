import type { Phase } from "../../record.ts";
import type { PowerRecord } from "../source.ts";
import { RIG_CHIPS, type RigChip } from "./chips.ts";
import { RigMeter } from "./meter.ts";
import { SeededRandom } from "./random.ts";
import { PowerSchedule } from "./schedule.ts";
import { drawTraits, type RigOverrides, type RigTraits } from "./traits.ts";

/** A run of the rig on a virtual clock. */
export interface VirtualRunOptions {
  /** Of all that is drawn at random. */
  seed: number;
  /** Which chip. */
  chip: RigChip;
  /** What the machine did, one after the other, at `factor` times the power of such a phase. */
  phases: readonly { phase: Phase; durationMs: number; factor?: number }[];
  /** Asked time between records; 100 unless stated. */
  intervalMs?: number;
  /** Whether the model runs on the CPU or on the GPU. */
  worksOn?: "cpu" | "gpu";
  /** What must not be drawn. */
  traits?: RigOverrides;
}

/** What came out of it, and what was true. */
export interface VirtualRun {
  /** What powermetrics would have written. */
  records: PowerRecord[];
  /** When each record came, in epoch ms. */
  arrivalsMs: number[];
  /** True start of each record, in epoch ms. */
  startsMs: Float64Array;
  /** True end of each. */
  endsMs: Float64Array;
  /** Time before which nothing was sampled. */
  spawnMs: number;
  /** When the first phase began. */
  beganMs: number;
  /** True power at any time. */
  schedule: PowerSchedule;
  /** In what it differs from an ideal meter. */
  traits: RigTraits;
}

// Some January of 2026: epoch times as they are in a run, where a double steps by 0.2 µs.
const ORIGIN_MS = 1_769_116_000_000;

/**
 * Plays a whole run at once: the records and when they came, and the truth beside them.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { alignRecords, playVirtually } from "@tokenwatt/tokenwatt";
 *
 * const phases = [{ phase: "decode", durationMs: 3000 }] as const;
 * const run = playVirtually({ seed: 1, chip: "m4max", phases });
 * const { samples } = alignRecords(run.records, run.arrivalsMs, { spawnMs: run.spawnMs });
 * assert(samples.length === run.records.length);
 * assert(run.schedule.totalMj(run.beganMs, run.beganMs + 3000) > 10_000);
 * ```
 */
export function playVirtually(options: VirtualRunOptions): VirtualRun {
  const { chip, phases, intervalMs = 100 } = options;
  const random = new SeededRandom(options.seed);
  const shape = RIG_CHIPS[chip];
  const traits = drawTraits(shape, intervalMs, random.fork(), options.traits);
  const originMs = ORIGIN_MS + random.between(0, 100_000);
  const schedule = new PowerSchedule(shape, random.fork(), {
    originMs,
    ...(options.worksOn === undefined ? {} : { worksOn: options.worksOn }),
  });
  // What powermetrics takes to set up its subscriptions before the first interval begins.
  const meterStartMs = originMs + random.between(100, 400);
  const beganMs = meterStartMs + random.between(0, intervalMs);
  let nowMs = beganMs;
  for (const { phase, durationMs, factor } of phases) {
    schedule.enter(phase, nowMs, factor);
    nowMs += durationMs;
  }
  schedule.enter("idle", nowMs);

  const meter = new RigMeter(chip, traits, schedule, random.fork(), meterStartMs);
  const made = [];
  while (traits.death === null || made.length < traits.death.afterRecords) {
    const next = meter.next();
    made.push(next);
    if (next.endMs >= nowMs) break;
  }
  return {
    records: made.map(({ record }) => record),
    arrivalsMs: made.map(({ arrivalMs }) => arrivalMs),
    startsMs: Float64Array.from(made, ({ startMs }) => startMs),
    endsMs: Float64Array.from(made, ({ endMs }) => endMs),
    spawnMs: originMs,
    beganMs,
    schedule,
    traits,
  };
}
