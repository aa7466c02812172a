import { attributeEnergy } from "../../lib/energy/mod.ts";
import { alignRecords } from "../../lib/power/mod.ts";
import {
  playVirtually,
  RIG_RAILS,
  SeededRandom,
  type VirtualRun,
} from "../../lib/power/rig/mod.ts";
import type { Span } from "../../lib/record.ts";
import type { Family } from "./families.ts";
import { OTHER_WAYS } from "./other_ways.ts";
import { bare, judged, type Trial } from "./trial.ts";

/** Least and most number of records in a phase. */
export const PHASE_LENGTHS = { "≥ 3 records": [3, 9], "≥ 10 records": [10, 40] } as const;

/** A name of one of them. */
export type PhaseLength = keyof typeof PHASE_LENGTHS;

const RAIL_PRIOR_MS = [-5, 40] as const;
// What a calibration leaves open: its own error, and the jitter of single readings.
const CALIBRATION_ERROR_MS = 2;
const CALIBRATED_MS = 4;

/** Plays idle, prefill, decode, idle; returns one of the two phases by each way. */
export function phaseTrials(seed: number, family: Family, length: PhaseLength): Trial[] {
  const random = new SeededRandom(seed);
  const [least, most] = PHASE_LENGTHS[length];
  // One more, as a span of three cadences may hold only two whole records.
  const lengthMs = () => (random.between(least, most) + 1) * family.cadenceMs;
  const [idleMs, prefillMs, decodeMs] = [random.between(10_000, 20_000), lengthMs(), lengthMs()];
  const run = playVirtually({
    seed,
    chip: random.pick(family.chips),
    intervalMs: family.intervalMs,
    worksOn: random.pick(["cpu", "gpu"]),
    phases: [
      { phase: "idle", durationMs: idleMs },
      { phase: "prefill", durationMs: prefillMs },
      { phase: "decode", durationMs: decodeMs },
      { phase: "idle", durationMs: Math.max(2000, 4 * family.cadenceMs) },
    ],
    traits: { session: family.session },
  });
  const { samples, boundMs } = alignRecords(run.records, run.arrivalsMs, {
    spawnMs: run.spawnMs,
    intervalMs: family.intervalMs,
  });
  const startMs = run.beganMs + idleMs;
  const betweenMs = startMs + prefillMs;
  const endMs = betweenMs + decodeMs;
  const span = (kind: Span["kind"], name: string, startMs: number, endMs: number): Span => ({
    kind,
    name,
    startMs,
    endMs,
    children: [],
  });
  const phases = [
    span("phase", "prefill", startMs, betweenMs),
    span("phase", "decode", betweenMs, endMs),
  ];
  const tree: Span = { ...span("run", "run", startMs, endMs), children: phases };
  const chosen = random.pick([0, 1]);
  const [fromMs, toMs] = chosen === 0 ? [startMs, betweenMs] : [betweenMs, endMs];
  const trueMj = run.schedule.totalMj(fromMs, toMs);
  const common = {
    what: "phase" as const,
    case: length,
    cadenceMs: family.cadenceMs,
    tokenMs: null,
    deviation: Math.abs(
      trueMj / (toMs - fromMs) / (run.schedule.totalMj(startMs, endMs) / (endMs - startMs)) - 1,
    ),
  };

  const ours = {
    [`${length}, latch calibrated`]: calibrated(run, random),
    [length]: RAIL_PRIOR_MS,
  };
  const integrated = Object.entries(ours).map(([name, latchMs]): Trial => {
    const options = { totalRails: RIG_RAILS, clockBoundMs: boundMs, latchMs, seed };
    const { energy } = attributeEnergy(tree, samples, options).children[chosen]!;
    return { ...common, method: "integrated", case: name, ...judged(energy, trueMj) };
  });
  const others = Object.entries(OTHER_WAYS).map(([method, way]): Trial => ({
    method,
    ...common,
    ...bare(
      way({ samples, arrivalsMs: run.arrivalsMs, workMs: [startMs, endMs] }, fromMs, toMs),
      trueMj,
    ),
  }));
  return [...integrated, ...others];
}

/** The latch of each rail as a calibration would know it. */
function calibrated({ traits }: VirtualRun, random: SeededRandom) {
  const around = (latchMs: number) => {
    const foundMs = latchMs + random.between(-CALIBRATION_ERROR_MS, CALIBRATION_ERROR_MS);
    return [foundMs - CALIBRATED_MS, foundMs + CALIBRATED_MS] as const;
  };
  const { cpu, gpu, ane } = traits.latchMs;
  return { cpu: around(cpu), gpu: around(gpu), ane: around(ane) };
}
