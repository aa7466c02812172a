/**
 * Numbers as people read them: three significant digits, a unit that suits the size.
 *
 * @module
 */
import type { Interval, Rail } from "./record.ts";

/** What stands where there is no number. Never 0. */
export const NOT_MEASURED = "not measured";

/** Three significant digits, with thousands separated; whole numbers keep all their digits. */
export function threeDigits(value: number): string {
  if (value === 0) return "0";
  const magnitude = Math.floor(Math.log10(Math.abs(value)));
  const fractionDigits = Math.min(6, Math.max(0, 2 - magnitude));
  const format = FORMATS[fractionDigits] ??= new Intl.NumberFormat("en-US", {
    minimumFractionDigits: fractionDigits,
    maximumFractionDigits: fractionDigits,
  });
  return format.format(value).replace("-", "−");
}

/** By digits: to make one takes forty times as long as to use it. */
const FORMATS: Intl.NumberFormat[] = [];

/** Above it a percentage says only that next to nothing is known. */
export const MOST_PERCENT = 1000;

/** The most percent that is told of a difference: all of it, where even its low end is above. */
export function mostPercent({ low }: { low: number | null }): number {
  return low !== null && low > MOST_PERCENT ? Infinity : MOST_PERCENT;
}

/** A share in percent with two digits, from 100 on with all of them: "0.05", "4.6", "404". */
export function percentDigits(percent: number): string {
  return percent >= 99.5 ? percent.toFixed(0) : percent.toPrecision(percent < 0.1 ? 1 : 2);
}

/** A difference in percent with its sign: "−46", "+5.0", "more than +1000". */
export function signedPercent(percent: number, most: number = MOST_PERCENT): string {
  if (percent > most) return `more than +${most}`;
  return `${percent < 0 ? "−" : "+"}${percentDigits(Math.abs(percent))}`;
}

/** A duration in ms, from 10 s on in s, from 10 min on in min. */
export function formatMs(ms: number | null): string {
  if (ms === null) return NOT_MEASURED;
  if (Math.abs(ms) < 10_000) return `${threeDigits(ms)} ms`;
  return Math.abs(ms) < 600_000 ? `${threeDigits(ms / 1e3)} s` : `${threeDigits(ms / 6e4)} min`;
}

/** No meter counts finer than this; what is below is what rounding left. */
const LEAST_MJ = 1e-3;

/** An energy in mJ, from 10 J on in J. */
export function formatMj(mj: number | null): string {
  if (mj === null) return NOT_MEASURED;
  if (Math.abs(mj) < LEAST_MJ) return "0 mJ";
  return Math.abs(mj) < 10_000 ? `${threeDigits(mj)} mJ` : `${threeDigits(mj / 1e3)} J`;
}

/** A power in mW, from 1 W on in W. */
export function formatMw(mw: number | null): string {
  if (mw === null) return NOT_MEASURED;
  return Math.abs(mw) < 1000 ? `${threeDigits(mw)} mW` : `${threeDigits(mw / 1e3)} W`;
}

/** An energy with its interval: "24.1 mJ (22.3 to 26.0)". */
export function formatInterval(energy: Interval, divisor = 1): string {
  if (energy.mj === null) return NOT_MEASURED;
  const value = energy.mj / divisor;
  if (energy.lowMj === null || energy.highMj === null) return formatMj(value);
  const scale = Math.abs(value) < 10_000 ? divisor : divisor * 1e3;
  return `${formatMj(value)} (${threeDigits(energy.lowMj / scale)} to ${
    threeDigits(energy.highMj / scale)
  })`;
}

const RAIL_NAMES: Record<Rail, string> = {
  cpu: "CPU",
  gpu: "GPU",
  ane: "ANE",
  dram: "DRAM",
  package: "Package",
  system: "System",
};

/** A rail as people write it. */
export function railName(rail: Rail): string {
  return RAIL_NAMES[rail];
}

/** A phase as people write it: "model load", "warm-up". */
export function phaseName(name: string): string {
  return name === "warm_up" ? "warm-up" : name.replaceAll("_", " ");
}
