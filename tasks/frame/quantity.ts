import type { Interval } from "../../lib/record.ts";

/** A number with so many significant digits, in plain notation. */
export function digits(value: number, significant = 3): string {
  if (value === 0) return "0";
  const decimals = Math.max(0, significant - 1 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(decimals, 12));
}

const STEPS = [[1e6, "kJ"], [1e3, "J"], [1, "mJ"], [1e-3, "µJ"]] as const;

/** An energy in the unit that suits it. `null` is a dash, never 0. */
export function energy(mj: number | null): string {
  if (mj === null) return "–";
  const [scale, unit] = STEPS.find(([least]) => Math.abs(mj) >= least) ?? [1, "mJ"];
  return `${digits(mj / scale)} ${unit}`;
}

/** An energy with its interval: "812 mJ (405 … 1220)". */
export function energyInterval({ mj, lowMj, highMj }: Interval): string {
  if (mj === null || lowMj === null || highMj === null) return energy(mj);
  const [scale, unit] = STEPS.find(([least]) => Math.abs(mj) >= least) ?? [1, "mJ"];
  return `${digits(mj / scale)} ${unit} (${digits(lowMj / scale)} … ${digits(highMj / scale)})`;
}

/** A power in watts. */
export function power(mw: number | null): string {
  return mw === null ? "–" : `${digits(mw / 1000)} W`;
}

/** A time in ms, or in s from one second on. */
export function duration(ms: number | null): string {
  if (ms === null) return "–";
  return ms >= 1000 ? `${digits(ms / 1000)} s` : `${digits(ms)} ms`;
}
