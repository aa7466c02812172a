import { energyOver } from "../../lib/energy/mod.ts";
import { RIG_RAILS } from "../../lib/power/rig/mod.ts";
import type { Family } from "./families.ts";
import { generations } from "./generations.ts";
import { judged, type Trial } from "./trial.ts";

const RAIL_PRIOR_MS = [-5, 40] as const;
const BATCH_MS = 1500;
const REPETITIONS = 30;

/** A run of about 17 s whose CPU counter is published every 1.5 s, read as batches and at face value. */
export function batchedTrials(seed: number, family: Family): Trial[] {
  const { run, samples, boundMs, repetitions } = generations({
    seed,
    family,
    tokenMs: 20,
    tokens: 20,
    shape: "equal",
    repetitions: REPETITIONS,
    worksOn: "cpu",
    traits: { batched: { rail: "cpu", everyMs: BATCH_MS } },
  });
  const [startMs, endMs] = [repetitions[0]![0]!.startMs, repetitions.at(-1)!.at(-1)!.endMs];
  const trueMj = run.schedule.totalMj(startMs, endMs);
  const options = { totalRails: RIG_RAILS, clockBoundMs: boundMs, latchMs: RAIL_PRIOR_MS, seed };
  return ([["integrated", ["cpu"]], ["at face value", []]] as const).map((
    [method, batchedRails],
  ): Trial => ({
    what: "phase",
    method,
    case: "17 s, batches of 1.5 s",
    cadenceMs: family.cadenceMs,
    tokenMs: null,
    deviation: 0,
    ...judged(energyOver(samples, startMs, endMs, { ...options, batchedRails }), trueMj),
  }));
}
