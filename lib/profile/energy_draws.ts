import { type Ensemble, hashOf, totalDraws } from "../energy/mod.ts";
import type { Energy, RunDraws } from "../record.ts";
import { attributeRun } from "./attribute_run.ts";
import type { Remains } from "./remains.ts";

/**
 * A run's energies in each draw, so that two runs can be told apart by their difference.
 *
 * The draws of its own intervals would not do: with one seed, two runs would err alike in all things,
 * and everything would cancel. Here only the latch is drawn alike, by those that share it (the machine,
 * the source and its cadence, and what is known of the latch); clock, rounding and how records are cut
 * are each run's own.
 *
 * @param host whose latch it is: a machine, or as much of one as is known
 */
export function energyDraws(remains: Remains, host: string): RunDraws {
  const { mean, attribution } = attributeRun(remains, {
    seed: hashOf(remains.runId),
    latchSeed: hashOf(latchName(remains, host)),
  });
  const drawn = (ensemble: Ensemble | undefined, energy: Energy | undefined) =>
    ensemble && energy?.interval === "ci95" ? totalDraws(ensemble, attribution.totalRails) : null;
  const phase = (name: "prefill" | "decode") =>
    drawn(mean.spans.phase(name), mean.phases.find((one) => one.phase === name)?.energy);
  return {
    decodeMj: phase("decode"),
    prefillMj: phase("prefill"),
    energyMj: drawn(mean.run, mean.energy),
  };
}

/** Calibration is kept by source and cadence; what it found differently may be another latch. */
function latchName({ header, power }: Remains, host: string): string {
  const { source, intervalMs } = header.power;
  return JSON.stringify([host, source, intervalMs, power.latchMs]);
}
