import { isNarrow, RESOLVING_RECORDS } from "../energy/mod.ts";
import type { Phase, ProfilingRun } from "../record.ts";
import { type CarbonIntensity, type ElectricityPrice, MJ_PER_KWH } from "./electricity.ts";
import { type Estimate, estimateOf, inverse, per, quotient, times } from "./estimate.ts";
import { type PeakPower, peakPowers } from "./peak_power.ts";

/** Options of {@link efficiency}. */
export interface EfficiencyOptions {
  /** What the machine, or the rails that are measured, may draw at most, in mW. */
  powerLimitMw?: number;
  /** Your own price, or one of `ELECTRICITY_PRICES`. */
  price?: ElectricityPrice;
  /** Your own grid, or one of `CARBON_INTENSITIES`. */
  carbon?: CarbonIntensity;
}

/** What a run got for its energy: of one mean repetition, idle power included. */
export interface Efficiency {
  /** Prefill by tokens of the prompt, in J. */
  joulesPerInputToken: Estimate | null;
  /** Decode by the tokens that it made, in J; `null` for one token, which the prefill makes. */
  joulesPerOutputToken: Estimate | null;
  /** All of it by tokens of prompt and answer, in J. */
  joulesPerToken: Estimate | null;
  /** Tokens of the answer by all of it, in 1/J. */
  tokensPerJoule: Estimate | null;
  /** What a token of the prompt costs, as a part of what one of the answer costs. */
  inputOutputRatio: Estimate | null;
  /** All of it by millions of weights, in mJ. */
  mjPerMillionParameters: Estimate | null;
  /** Of one token of the answer, in the decode phase, in mJ. */
  mjPerMillionParametersAndToken: Estimate | null;
  /** Energy × duration, in J·s: lower is better at both. */
  energyDelayJs: EnergyDelay;
  /** Highest power by rail and in total, and when; empty where nothing was measured. */
  peakPowers: PeakPower[];
  /** Mean power as a part of the stated limit; `null` without one. */
  powerUtilization: Estimate | null;
  /** `null` without a price. */
  cost: Cost | null;
  /** `null` without an intensity. */
  carbon: Carbon | null;
}

/** Energy-delay products, in J·s. */
export interface EnergyDelay {
  /** Of one mean repetition. */
  run: Estimate | null;
  /** Of each of its phases. */
  phases: { phase: Phase; energyDelayJs: Estimate | null }[];
  /** Of each generated token; the first one is the prefill. */
  tokens: { index: number; energyDelayJs: Estimate | null }[];
}

/** Money for what the measured rails drew: less than the wall did. */
export interface Cost {
  /** The price that it was computed with. */
  price: ElectricityPrice;
  /** One mean repetition. */
  run: Estimate | null;
  /** A million tokens of the answer, prompts included. */
  perMillionTokens: Estimate | null;
}

/** CO₂ for what the measured rails drew: less than the wall did. */
export interface Carbon {
  /** The intensity that it was computed with. */
  intensity: CarbonIntensity;
  /** One mean repetition, in g. */
  runGrams: Estimate | null;
  /** A million tokens of the answer, prompts included, in g. */
  perMillionTokensGrams: Estimate | null;
}

/**
 * What a run got for its energy, each figure with its interval.
 *
 * Counts and times are taken as exact. `null` where an energy was not measured. Energies are those
 * of `power.label`, idle power included: not what the wall delivers.
 *
 * @throws {RangeError} if a limit, price or intensity is negative or no number
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { efficiency, ELECTRICITY_PRICES, type ProfilingRun } from "@tokenwatt/tokenwatt";
 *
 * function report(run: ProfilingRun): string {
 *   const { joulesPerOutputToken, cost } = efficiency(run, { price: ELECTRICITY_PRICES.eu });
 *   const joules = joulesPerOutputToken?.value.toFixed(3) ?? "not measured";
 *   return `${joules} J a token, ${cost?.perMillionTokens?.value.toFixed(2)} EUR a million`;
 * }
 * assert(typeof report === "function");
 * ```
 */
export function efficiency(run: ProfilingRun, options: EfficiencyOptions = {}): Efficiency {
  checkOptions(options);
  const { totals, phases, model } = run;
  const energyOf = (wanted: Phase) => {
    const found = phases.find(({ phase }) => phase === wanted);
    return found ? estimateOf(found.energy) : null;
  };
  const whole = wholeOf(run);
  const input = per(energyOf("prefill"), 1000 * totals.promptTokens);
  const output = per(energyOf("decode"), 1000 * totals.decodedTokens);
  const ofAnswer = per(whole, totals.generatedTokens);
  const millions = model.parameters / 1e6;
  return {
    joulesPerInputToken: input,
    joulesPerOutputToken: output,
    joulesPerToken: per(whole, 1000 * (totals.promptTokens + totals.generatedTokens)),
    tokensPerJoule: times(inverse(ofAnswer), 1000),
    inputOutputRatio: quotient(input, output),
    mjPerMillionParameters: per(whole, millions),
    mjPerMillionParametersAndToken: per(times(output, 1000), millions),
    energyDelayJs: energyDelay(run, whole),
    peakPowers: peakPowers(run),
    powerUtilization: utilization(run, whole, options.powerLimitMw),
    cost: options.price ? costOf(whole, ofAnswer, options.price) : null,
    carbon: options.carbon ? carbonOf(whole, ofAnswer, options.carbon) : null,
  };
}

/**
 * A run holds the records of each of its phases: where these resolve one, they resolve the run; so
 * do those of short phases together, where none of them is known alone.
 */
function wholeOf({ totals, phases, power, trace }: ProfilingRun): Estimate | null {
  const interval = { mj: totals.energyMj, lowMj: totals.lowMj, highMj: totals.highMj };
  const measured = trace.phases.filter(({ repetition }) => repetition !== null);
  const startMs = measured.reduce((least, phase) => Math.min(least, phase.startMs), Infinity);
  const endMs = measured.reduce((most, phase) => Math.max(most, phase.endMs), -Infinity);
  const whole = trace.samples.filter((one) => one.startMs >= startMs && one.endMs <= endMs);
  const isSeen = power.kind !== "estimated" &&
    (phases.some(({ energy }) => energy.resolved) || whole.length >= RESOLVING_RECORDS);
  return estimateOf({ ...interval, resolved: isNarrow(interval) && isSeen });
}

function energyDelay(run: ProfilingRun, whole: Estimate | null): EnergyDelay {
  const product = (mj: Estimate | null, durationMs: number) => times(mj, durationMs / 1e6);
  return {
    run: product(whole, run.totals.durationMs),
    phases: run.phases.map(({ phase, durationMs, energy }) => ({
      phase,
      energyDelayJs: product(estimateOf(energy), durationMs),
    })),
    tokens: run.tokens.map(({ index, startMs, endMs, energyMj: mj, lowMj, highMj, resolved }) => ({
      index,
      energyDelayJs: product(estimateOf({ mj, lowMj, highMj, resolved }), endMs - startMs),
    })),
  };
}

function utilization(
  { totals }: ProfilingRun,
  whole: Estimate | null,
  powerLimitMw: number | undefined,
): Estimate | null {
  const meanMw = per(times(whole, 1000), totals.durationMs);
  return powerLimitMw === undefined ? null : per(meanMw, powerLimitMw);
}

function costOf(
  whole: Estimate | null,
  ofAnswer: Estimate | null,
  price: ElectricityPrice,
): Cost {
  const perMj = price.perKwh / MJ_PER_KWH;
  const perMillionTokens = times(ofAnswer, 1e6 * perMj);
  return { price, run: times(whole, perMj), perMillionTokens };
}

function carbonOf(
  whole: Estimate | null,
  ofAnswer: Estimate | null,
  intensity: CarbonIntensity,
): Carbon {
  const perMj = intensity.gramsPerKwh / MJ_PER_KWH;
  const perMillionTokensGrams = times(ofAnswer, 1e6 * perMj);
  return { intensity, runGrams: times(whole, perMj), perMillionTokensGrams };
}

function checkOptions({ powerLimitMw, price, carbon }: EfficiencyOptions): void {
  const demand = (name: string, value: number | undefined, holds: (value: number) => boolean) => {
    if (value === undefined || (Number.isFinite(value) && holds(value))) return;
    throw new RangeError(
      `Cannot compute the efficiency with ${name} ${value}; pass a number above 0`,
    );
  };
  demand("powerLimitMw", powerLimitMw, (mw) => mw > 0);
  demand("price.perKwh", price?.perKwh, (perKwh) => perKwh >= 0);
  demand("carbon.gramsPerKwh", carbon?.gramsPerKwh, (grams) => grams >= 0);
}
