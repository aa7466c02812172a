import type { PowerSample, ProfilingRun, Rail, RunTrace } from "../record.ts";
import { leastBy, mostBy, quantileOf } from "../sample.ts";

/** What the store computes from a run's trace, so that runs can be sorted by it. */
export interface RunFigures {
  /** Median time between power records. */
  cadenceMs: number | null;
  /** Energy × duration of one mean repetition, in J·s. */
  edpJs: number | null;
  /** Median duration of a decode step, over all repetitions. */
  tokenP50Ms: number | null;
  /** 95 % point of the same. */
  tokenP95Ms: number | null;
  /** 99 % point of the same. */
  tokenP99Ms: number | null;
  /**
   * Highest mean power of a record in the measured window, by rail, in mW. None of rails that come in
   * batches: the record of a batch holds the energy of many.
   */
  peakMwByRail: Partial<Record<Rail, number>>;
}

/** Computes them. */
export function figuresOf({ trace, totals, power, findings }: ProfilingRun): RunFigures {
  const isBatched = (rail: Rail) =>
    findings.some((finding) => finding.kind === "batched-rail" && finding.rail === rail);
  const steps = trace.tokens.filter(({ phase }) => phase === "decode")
    .map(({ startMs, endMs }) => endMs - startMs).sort((a, b) => a - b);
  const gaps = trace.samples.map(({ startMs, endMs }) => endMs - startMs).sort((a, b) => a - b);
  const { energyMj, durationMs } = totals;
  return {
    cadenceMs: quantile(gaps, 0.5),
    edpJs: energyMj === null ? null : energyMj / 1000 * durationMs / 1000,
    tokenP50Ms: quantile(steps, 0.5),
    tokenP95Ms: quantile(steps, 0.95),
    tokenP99Ms: quantile(steps, 0.99),
    peakMwByRail: peaks(measuredSamples(trace), power.rails.filter((rail) => !isBatched(rail))),
  };
}

function measuredSamples({ samples, phases }: RunTrace): PowerSample[] {
  const measured = phases.filter(({ repetition }) => repetition !== null);
  const startMs = leastBy(measured, (phase) => phase.startMs);
  const endMs = mostBy(measured, (phase) => phase.endMs);
  return samples.filter((sample) => {
    const middleMs = (sample.startMs + sample.endMs) / 2;
    return middleMs >= startMs && middleMs <= endMs;
  });
}

function peaks(
  samples: readonly PowerSample[],
  rails: readonly Rail[],
): RunFigures["peakMwByRail"] {
  const found: RunFigures["peakMwByRail"] = {};
  for (const { startMs, endMs, energyMj } of samples) {
    for (const rail of rails) {
      const mj = energyMj[rail] ?? null;
      if (mj === null || endMs <= startMs) continue;
      found[rail] = Math.max(found[rail] ?? -Infinity, mj / (endMs - startMs) * 1000);
    }
  }
  return found;
}

function quantile(sorted: readonly number[], fraction: number): number | null {
  return sorted.length === 0 ? null : quantileOf(sorted, fraction);
}
