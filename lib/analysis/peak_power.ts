import type { PowerSample, ProfilingRun, Rail } from "../record.ts";
import type { Estimate } from "./estimate.ts";

/** The record of the highest mean power on one rail, or on those that make up the total. */
export interface PeakPower {
  /** Which rail. */
  rail: Rail | "total";
  /** Mean power of that record, in mW. `high` is `null`: a record hides what is shorter than it. */
  powerMw: Estimate;
  /** Start of the record, on the clock of the trace. */
  startMs: number;
  /** End of the record. */
  endMs: number;
}

/** Counters of whole millijoules: two readings may each be off by half of one. */
const ROUNDING_MJ = 1;

/**
 * The highest power of every measured rail and of the total, within the measured repetitions. None of
 * rails that come in batches: the record of a batch holds the energy of many.
 */
export function peakPowers(
  { trace, power, findings = [] }:
    & Pick<ProfilingRun, "trace" | "power">
    & Partial<Pick<ProfilingRun, "findings">>,
): PeakPower[] {
  const isBatched = (rail: Rail) =>
    findings.some((finding) => finding.kind === "batched-rail" && finding.rail === rail);
  const measured = trace.phases.filter(({ repetition }) => repetition !== null);
  const startMs = measured.reduce((least, phase) => Math.min(least, phase.startMs), Infinity);
  const endMs = measured.reduce((most, phase) => Math.max(most, phase.endMs), -Infinity);
  const inside = trace.samples.filter((sample) => {
    const middleMs = (sample.startMs + sample.endMs) / 2;
    return middleMs >= startMs && middleMs <= endMs;
  });
  const isEstimate = power.kind === "estimated";
  return [
    ...power.rails.filter((rail) => !isBatched(rail))
      .map((rail) => peakOf(rail, [rail], inside, isEstimate)),
    power.totalRails.some(isBatched) ? null : peakOf("total", power.totalRails, inside, isEstimate),
  ].filter((peak) => peak !== null);
}

function peakOf(
  name: PeakPower["rail"],
  rails: readonly Rail[],
  samples: readonly PowerSample[],
  isEstimate: boolean,
): PeakPower | null {
  let peak: PeakPower | null = null;
  for (const { startMs, endMs, energyMj } of samples) {
    const energies = rails.map((rail) => energyMj[rail] ?? NaN);
    const powerOf = (mj: number) => mj / (endMs - startMs) * 1000;
    const value = powerOf(energies.reduce((sum, mj) => sum + mj, rails.length > 0 ? 0 : NaN));
    if (!(value > (peak?.powerMw.value ?? -Infinity))) continue;
    const offMj = energies.every(Number.isInteger) ? ROUNDING_MJ * rails.length : 0;
    const low = isEstimate ? null : value - powerOf(offMj);
    const powerMw = { value, low, high: null, resolved: !isEstimate };
    peak = { rail: name, powerMw, startMs, endMs };
  }
  return peak;
}
