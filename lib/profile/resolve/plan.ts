import { planSteps, type StepPlan } from "../../energy/mod.ts";
import type { PowerSample } from "../../record.ts";
import { leastBy } from "../../sample.ts";
import type { Evidence } from "../evidence.ts";

/** Plans the repetition of an answer's steps by the times and records that are there by now. */
export function planFor(
  evidence: Evidence,
  samples: readonly PowerSample[],
  { intervalMs, resolveSeconds }: { intervalMs: number; resolveSeconds: number },
): StepPlan {
  return planSteps(stepTimes(evidence), {
    cadenceMs: cadenceOf(samples) ?? intervalMs,
    maxMs: resolveSeconds * 1000,
  });
}

/** The middle length of a record; `null` without one. */
export function cadenceOf(samples: readonly PowerSample[]): number | null {
  const lengths = samples.map(({ startMs, endMs }) => endMs - startMs).sort((a, b) => a - b);
  return lengths[lengths.length >> 1] ?? null;
}

/** The mean time of each token that all repetitions have. */
function stepTimes(evidence: Evidence): number[] {
  const repetitions = evidence.complete(false).map((one) => evidence.tokensOf(one));
  const count = leastBy(repetitions, ({ length }) => length);
  if (!Number.isFinite(count)) return [];
  return Array.from({ length: count }, (_, index) =>
    repetitions.reduce((sum, tokens) => {
      const { startMs, endMs } = tokens[index]!;
      return sum + endMs - startMs;
    }, 0) / repetitions.length);
}
