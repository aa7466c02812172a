import type { PowerRecord } from "../source.ts";

// A machine was asleep between two records at the worst; and no Mac draws more than 0.5 kW, or 20
// times that where two seconds of energy are published in one record (notes, 4.7).
const LONGEST_NS = 7 * 24 * 3600e9;
const HIGHEST_MW = 100e6;

/** A count as powermetrics writes it; `null` for what is none (2^63 stands for "empty" in some). */
export function wholeNumber(text: string | null): number | null {
  if (text === null || text.trim() === "") return null;
  const value = Number(text);
  return Number.isSafeInteger(value) && value >= 0 ? value : null;
}

/** An energy in mJ: whole in all recordings, and not less than 0 (-2^63 stands for "empty"). */
export function energyValue(text: string | null): number | null {
  if (text === null || !/^\s*\d+(\.\d+)?\s*$/.test(text)) return null;
  const value = Number(text);
  return value <= Number.MAX_SAFE_INTEGER ? value : null;
}

/** Says why a record cannot be one; `null` where it can. */
export function implausible(
  elapsedNs: number | null,
  energyMj: PowerRecord["energyMj"],
): string | null {
  if (elapsedNs === null || elapsedNs === 0) return "it has no elapsed_ns above 0";
  if (elapsedNs > LONGEST_NS) return `its elapsed_ns is ${elapsedNs}, more than a week`;
  for (const [rail, mj] of Object.entries(energyMj)) {
    // At least a millisecond: shorter records hold the rounding of whole millijoules.
    if ((mj ?? 0) / (Math.max(elapsedNs, 1e6) * 1e-9) <= HIGHEST_MW) continue;
    return `its ${rail} energy of ${mj} mJ is more than 100 kW`;
  }
  return null;
}

/**
 * Epoch milliseconds of a plist date; `null` for what is none. Property lists write UTC, with or
 * without saying so; the space and the offset are those of powermetrics' text format.
 */
export function dateMs(text: string | null): number | null {
  const found = text?.trim().match(
    /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d+)?)\s*(Z|[+-]\d\d:?\d\d)?$/i,
  );
  if (!found) return null;
  const [, day, time, zone = "Z"] = found;
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const value = Date.parse(`${day}T${time}${offset}`);
  return Number.isNaN(value) ? null : value;
}

/** Share of time in use. Time powered down is neither: on an M4 `1 - idle_ratio` calls it busy. */
export function activityOf(idleNs: number, downNs: number, usedNs: number): number | null {
  const totalNs = idleNs + downNs + usedNs;
  return totalNs > 0 ? usedNs / totalNs : null;
}

/** Megahertz, whether Hz or MHz came: `freq_hz` of the GPU holds MHz in every recording. */
export function megahertz(value: number | null): number | null {
  return value !== null && value >= 1e5 ? value / 1e6 : value;
}
