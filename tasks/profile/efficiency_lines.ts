import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import {
  CARBON_INTENSITIES,
  type Efficiency,
  efficiency,
  ELECTRICITY_PRICES,
  type Estimate,
  type PeakPower,
} from "../../lib/analysis/mod.ts";
import { formatMw, railName, threeDigits } from "../../lib/quantities.ts";
import type { ProfilingRun } from "../../lib/record.ts";
import { leastBy } from "../../lib/sample.ts";
import { bold, dim, number } from "../frame/mod.ts";

type Region = keyof typeof CARBON_INTENSITIES;

/** What a kilowatt-hour costs and emits, and what the rails may draw at most. */
export interface Electricity {
  price?: number | undefined;
  region?: Region | undefined;
  /** In W. */
  powerLimit?: number | undefined;
}

/** `--price`: of the own bill. */
export function priceOption() {
  return new Option("--price <amount>", "what 1 kWh costs, in your currency; adds the cost")
    .argParser(number(0));
}

/** `--region`: presets with year and source. */
export function regionOption() {
  const regions = Object.keys(CARBON_INTENSITIES) as Region[];
  return new Option("--region <name>", "adds CO₂ by its mean intensity, and a price where known")
    .choices(regions);
}

/** `--power-limit`: of the machine, or of the rails that are measured. */
export function powerLimitOption() {
  const watts = number(0);
  return new Option("--power-limit <watts>", "what the rails may draw at most; adds its use")
    .argParser((text: string) => {
      const limit = watts(text);
      if (limit === 0) throw new InvalidArgumentError("It must be a number above 0.");
      return limit;
    });
}

/** A run's efficiency, as it is printed: peaks count from the first measured repetition. */
export type PrintedEfficiency = Omit<Efficiency, "peakPowers"> & {
  peakPowers: { rail: PeakPower["rail"]; powerMw: Estimate; atMs: number | null }[];
};

/** What a run got for its energy, at the price and the intensity that were asked for. */
export function efficiencyOf(
  run: ProfilingRun,
  { price: perKwh, region, powerLimit }: Electricity = {},
): PrintedEfficiency {
  const preset = region === "de" || region === "us" ? ELECTRICITY_PRICES[region] : undefined;
  const price = perKwh === undefined ? preset : { perKwh, currency: "" };
  const carbon = region === undefined ? undefined : CARBON_INTENSITIES[region];
  const found = efficiency(run, {
    ...(price === undefined ? {} : { price }),
    ...(carbon === undefined ? {} : { carbon }),
    ...(powerLimit === undefined ? {} : { powerLimitMw: 1000 * powerLimit }),
  });
  const measured = run.trace.phases.filter(({ repetition }) => repetition !== null);
  const began = leastBy(measured, ({ startMs }) => startMs);
  // The record of a peak may begin before the repetition does; a rail that drew nothing has none.
  const peakPowers = found.peakPowers.map(({ rail, powerMw, startMs }) => ({
    rail,
    powerMw: {
      ...powerMw,
      value: fourDigits(powerMw.value),
      low: powerMw.low && fourDigits(powerMw.low),
    },
    atMs: powerMw.value > 0 ? Math.round(Math.max(0, startMs - began)) : null,
  }));
  return { ...found, peakPowers };
}

/** What a run got for its energy, each figure with its interval. */
export function efficiencyLines(run: ProfilingRun, electricity: Electricity = {}): string[] {
  const found = efficiencyOf(run, electricity);
  if (found.joulesPerToken === null) return [];
  const peaks = found.peakPowers.map(({ rail, powerMw, atMs }) => {
    const at = atMs === null ? "" : ` at ${(atMs / 1000).toFixed(1)} s`;
    return `${rail === "total" ? "total" : railName(rail)} ${formatMw(powerMw.value)}${at}`;
  });
  // The others last microseconds; `--json` has them.
  const delays = found.energyDelayJs.phases.flatMap(({ phase, energyDelayJs }) =>
    energyDelayJs === null || (phase !== "prefill" && phase !== "decode")
      ? []
      : [`${phase} ${figure(times(energyDelayJs, 1000), "mJ·s")}`]
  );
  const { cost, carbon: emitted, powerUtilization: used } = found;
  return [
    `${bold("Energy")} ${figure(found.joulesPerInputToken, "J/token")} in, ` +
    `${figure(found.joulesPerOutputToken, "J/token")} out, ` +
    `${figure(found.joulesPerToken, "J/token")} in all`,
    `       ${figure(found.tokensPerJoule, "generated tokens/J")}; ` +
    `${figure(found.mjPerMillionParameters, "mJ per million parameters")}; ` +
    `energy × delay ${figure(found.energyDelayJs.run, "J·s")}`,
    ...(delays.length < 2 ? [] : [`       of its phases: ${delays.join(", ")}`]),
    ...(used === null ? [] : [
      `${bold("Limit")}  ${
        figure(times(used, 100), `% of ${electricity.powerLimit} W`)
      }, in the mean of the run`,
    ]),
    ...(peaks.length === 0 ? [] : [`${bold("Peaks")}  ${peaks.join(", ")}`]),
    ...(cost === null ? [] : [
      `${bold("Cost")}   ${figure(cost.perMillionTokens, cost.price.currency)} ` +
      `a million tokens of answers ` +
      dim(
        `(${cost.price.perKwh} a kWh${stated(cost.price)}; what the rails drew, not the wall)`,
      ),
    ]),
    ...(emitted === null ? [] : [
      `${bold("CO₂")}    ${figure(emitted.perMillionTokensGrams, "g")} ` +
      `a million tokens of answers ` +
      dim(`(${emitted.intensity.gramsPerKwh} g a kWh${stated(emitted.intensity)})`),
    ]),
  ];
}

// A database keeps times to the nanosecond: what it tells of a run must not differ in the ninth digit.
function fourDigits(value: number): number {
  return Number(value.toPrecision(4));
}

function figure(estimate: Estimate | null, unit: string): string {
  if (estimate === null) return "not measured";
  const { value, low, high, resolved } = estimate;
  const ends = low === null || high === null
    ? ""
    : ` (${threeDigits(low)} to ${threeDigits(high)}${resolved ? "" : ", not resolved"})`;
  return `${threeDigits(value)}${unit === "" ? "" : ` ${unit}`}${ends}`;
}

function times(estimate: Estimate, factor: number): Estimate {
  const end = (value: number | null) => value === null ? null : value * factor;
  const { value, low, high } = estimate;
  return { ...estimate, value: value * factor, low: end(low), high: end(high) };
}

function stated({ year, source }: { year?: number; source?: string }): string {
  return source === undefined ? "" : `: ${source}, ${year}`;
}
