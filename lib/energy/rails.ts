import { type PowerSample, type Rail, RAILS } from "../record.ts";

/** What each wide rail already holds. A package never holds the memory (design, section 10). */
const CONTAINS: Partial<Record<Rail, readonly Rail[]>> = {
  system: ["cpu", "gpu", "ane", "dram", "package"],
  package: ["cpu", "ane", "gpu"],
};

/** The rails that at least one sample measured, in the usual order. */
export function measuredRails(samples: readonly PowerSample[]): Rail[] {
  return RAILS.filter((rail) => samples.some((sample) => isMeasured(sample.energyMj[rail])));
}

/** The measured rails that no other measured rail contains: those that add up to the total. */
export function defaultTotalRails(samples: readonly PowerSample[]): Rail[] {
  const present = measuredRails(samples);
  const contained = new Set(present.flatMap((rail) => CONTAINS[rail] ?? []));
  return present.filter((rail) => !contained.has(rail));
}

function isMeasured(energyMj: number | null | undefined): energyMj is number {
  return energyMj !== null && energyMj !== undefined;
}
