import { energyOver } from "../../lib/energy/mod.ts";
import { RIG_RAILS, SeededRandom } from "../../lib/power/rig/mod.ts";
import type { Family } from "./families.ts";
import { generations } from "./generations.ts";
import { judged, type Trial } from "./trial.ts";

const RAIL_PRIOR_MS = [-5, 40] as const;
// Around the 2.03 to 2.23 s of macOS 27, and what is harder: batches of a few records only.
const BATCH_MS = [800, 2300] as const;
const REPETITIONS = [25, 55] as const;

/** A run whose CPU counter is published now and then, read as batches and at face value. */
export function batchedTrials(seed: number, family: Family): Trial[] {
  const random = new SeededRandom(seed * 2 + 5);
  const everyMs = random.between(...BATCH_MS);
  const { run, samples, boundMs, repetitions } = generations({
    seed,
    family,
    tokenMs: 20,
    tokens: 20,
    shape: "equal",
    repetitions: Math.round(random.between(...REPETITIONS)),
    worksOn: "cpu",
    traits: { batched: { rail: "cpu", everyMs } },
  });
  const [startMs, endMs] = [repetitions[0]![0]!.startMs, repetitions.at(-1)!.at(-1)!.endMs];
  const trueMj = run.schedule.totalMj(startMs, endMs);
  const options = { totalRails: RIG_RAILS, clockBoundMs: boundMs, latchMs: RAIL_PRIOR_MS, seed };
  return ([["by batches", ["cpu"]], ["at face value", []]] as const).map((
    [method, batchedRails],
  ): Trial => ({
    what: "phase",
    method,
    case: "10–40 s, batches of 0.8–2.3 s",
    cadenceMs: family.cadenceMs,
    tokenMs: null,
    deviation: 0,
    ...judged(energyOver(samples, startMs, endMs, { ...options, batchedRails }), trueMj),
  }));
}
