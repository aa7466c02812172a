import {
  type AttributionOptions,
  type Deconvolution,
  deconvolve,
  type StepPower,
  stepPowers,
} from "../energy/mod.ts";
import type { Finding, Rail } from "../record.ts";
import { refuseLongBatches } from "./batched_rails.ts";
import type { PowerEvidence } from "./evidence.ts";
import { windowOf } from "./findings.ts";
import { type MeanRepetition, meanRepetition } from "./mean_repetition.ts";
import type { Repetition } from "./messages.ts";
import { attributionOf } from "./power_evidence.ts";
import type { Remains } from "./remains.ts";

/** The measured energy of a run, dealt to all that it did. */
export interface AttributedRun {
  repetitions: Repetition[];
  /** Without rails that tell nothing of this run. */
  power: PowerEvidence;
  /** What was found of those. */
  findings: Finding[];
  attribution: AttributionOptions & { totalRails: Rail[] };
  /** What the records told of single tokens; `null` where they were not asked. */
  told: Deconvolution | null;
  /** Powers of steps that were run again and again. */
  repeated: StepPower[];
  mean: MeanRepetition;
}

/**
 * Deals a run's measured energy to phases and tokens.
 *
 * @param seeds of the joint draws
 */
export function attributeRun(
  given: Remains,
  seeds: Pick<AttributionOptions, "seed" | "latchSeed">,
): AttributedRun {
  const { evidence, plan } = given;
  const repetitions = evidence.complete(given.interrupted);
  const { power, findings } = refuseLongBatches(given.power, windowOf(repetitions));
  const attribution = { ...attributionOf(power), ...seeds };
  const { steps } = evidence;
  const told = plan.resolve === "repetitions" && power.info.kind !== "estimated"
    ? deconvolve(repetitions.map((one) => evidence.tokensOf(one)), power.samples, attribution)
    : null;
  const repeated = steps === null ? [] : stepPowers(steps.blocks, power.samples, attribution);
  const options = { ...attribution, reading: attribution };
  const mean = told === null
    ? meanRepetition(evidence, repetitions, power, options, repeated)
    : meanRepetition(evidence, repetitions, power, options, told.powers, "deconvolved");
  return { repetitions, power, findings, attribution, told, repeated, mean };
}
