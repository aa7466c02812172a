import type { Finding, PowerSample, Rail } from "../record.ts";
import type { PowerRecord } from "./source.ts";

type Activity = Pick<PowerRecord, "gpuActivity">;

const LABELS: Record<Rail, string> = {
  cpu: "CPU",
  gpu: "GPU",
  ane: "ANE",
  dram: "DRAM",
  package: "package",
  system: "system",
};
// A working rail is rounded to 0 mJ now and then, but not this often in a row.
const ZEROS_IN_A_ROW = 3;
const LEAST_STUCK = 8;
// Whole millijoules repeat by chance where there are few of them.
const LEAST_STUCK_MJ = 20;
const MORE_THAN_ROUNDING_MJ = 2;
const BUSY = 0.02;

/** Says whether a rail is missing, stuck, or published in batches. */
export function checkRail(
  rail: Rail,
  samples: readonly PowerSample[],
  records: readonly Activity[] | undefined,
): Finding[] {
  const energies = samples.map(({ energyMj }) => energyMj[rail] ?? null);
  const missing = energies.filter((energy) => energy === null).length;
  if (missing > 0) return [missingRail(rail, missing, samples.length)];
  const working = energies.map((_, i) => isWorking(rail, records?.[i]));
  const finding = checkZeros(rail, energies, working) ?? checkRepeats(rail, energies, samples);
  return finding === null ? [] : [finding];
}

/** Only where work is known to be done is a 0 wrong: an idle ANE truly draws nothing. */
function isWorking(rail: Rail, record: Activity | undefined): boolean {
  switch (rail) {
    case "gpu":
      return (record?.gpuActivity ?? 0) > BUSY;
    case "ane":
    case "dram":
      return false;
    default:
      // Sampling itself keeps the CPU, and with it package and system, above 0.
      return true;
  }
}

function checkZeros(
  rail: Rail,
  energies: readonly (number | null)[],
  working: readonly boolean[],
): Finding | null {
  let inARow = 0;
  let wrong = 0;
  let nonZero = 0;
  energies.forEach((energy, i) => {
    if (energy !== 0 || !working[i]) {
      inARow = 0;
      if (energy !== 0) nonZero++;
      return;
    }
    inARow++;
    if (inARow === ZEROS_IN_A_ROW) wrong += inARow;
    else if (inARow > ZEROS_IN_A_ROW) wrong++;
  });
  if (wrong === 0) return null;
  const share = 100 * wrong / energies.length;
  const isBatched = nonZero > 0;
  return {
    kind: isBatched ? "batched-rail" : "stuck-rail",
    severity: "invalid",
    rail,
    value: share,
    unit: "%",
    message: isBatched
      ? `The ${LABELS[rail]} rail comes in batches: 0 mJ in ${share.toFixed(0)} % of the records ` +
        `although it worked`
      : `The ${LABELS[rail]} rail reads 0 mJ although it worked`,
    remedy: isBatched
      ? "sample at --interval-ms 1000 or less often, or use another source"
      : "use another source, or another version of macOS; this rail is not measured",
  };
}

function checkRepeats(
  rail: Rail,
  energies: readonly (number | null)[],
  samples: readonly PowerSample[],
): Finding | null {
  const lengthMs = (i: number) => samples[i]!.endMs - samples[i]!.startMs;
  let first = 0;
  for (let i = 1; i <= energies.length; i++) {
    if (i < energies.length && energies[i] === energies[first]) continue;
    const lengths = Array.from({ length: i - first }, (_, k) => lengthMs(first + k));
    // The same energy in unequal intervals is a value that was repeated, not a power that held; but
    // only where a power that held would have moved it by more than its rounding to whole mJ.
    const heldMj = (energies[first] ?? 0) * (Math.max(...lengths) / Math.min(...lengths) - 1);
    const areUnequal = heldMj > MORE_THAN_ROUNDING_MJ;
    if (i - first >= LEAST_STUCK && (energies[first] ?? 0) >= LEAST_STUCK_MJ && areUnequal) {
      return {
        kind: "stuck-rail",
        severity: "invalid",
        rail,
        startMs: samples[first]!.startMs,
        endMs: samples[i - 1]!.endMs,
        value: i - first,
        unit: "records",
        message: `The ${LABELS[rail]} rail reads exactly ${energies[first]} mJ in ${i - first} ` +
          `records in a row, of unequal lengths`,
        remedy: "run again; this rail was not measured in that time",
      };
    }
    first = i;
  }
  return null;
}

function missingRail(rail: Rail, missing: number, count: number): Finding {
  return {
    kind: "missing-rail",
    severity: "warning",
    rail,
    value: 100 * missing / count,
    unit: "%",
    message: missing === count
      ? `The ${LABELS[rail]} rail was not measured`
      : `The ${LABELS[rail]} rail is missing in ${missing} of ${count} power records`,
    remedy: "the total leaves it out where it is missing; run `deno task doctor`",
  };
}
