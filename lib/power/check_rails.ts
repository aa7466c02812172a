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
const LEAST_STUCK_MS = 2000;
// Batches may be split in two (notes on powermetrics, 4.7).
const LONGEST_SPIKE = 2;
const LEAST_SPIKES = 2;
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
  const finding = checkZeros(rail, energies, working, samples) ??
    checkRepeats(rail, energies, samples);
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

/** Records from `from` up to before `to` that are all 0 although the rail worked, or none of them. */
interface Run {
  isZero: boolean;
  from: number;
  to: number;
}

/**
 * All 0 is stuck. A batch shows as a spike of a record or two between runs of zeros: idle records
 * that round to 0 are followed by more than that when work begins. What is 0 for long is stuck in part.
 */
function checkZeros(
  rail: Rail,
  energies: readonly (number | null)[],
  working: readonly boolean[],
  samples: readonly PowerSample[],
): Finding | null {
  const runs: Run[] = [];
  energies.forEach((energy, i) => {
    const isZero = energy === 0 && working[i] === true;
    const last = runs.at(-1);
    if (last?.isZero === isZero) last.to = i + 1;
    else runs.push({ isZero, from: i, to: i + 1 });
  });
  const zeros = runs.filter(({ isZero, from, to }) => isZero && to - from >= ZEROS_IN_A_ROW);
  if (zeros.length === 0) return null;
  const wrong = zeros.reduce((sum, { from, to }) => sum + to - from, 0);
  const share = 100 * wrong / energies.length;
  const spikes = runs.filter(({ isZero, from, to }, at) =>
    !isZero && to - from <= LONGEST_SPIKE && zeros.includes(runs[at - 1]!) &&
    energies.slice(from, to).some((energy) => (energy ?? 0) >= LEAST_STUCK_MJ)
  );
  const finding = { severity: "invalid" as const, rail, value: share, unit: "%" };
  if (energies.every((energy) => energy === 0)) {
    return {
      kind: "stuck-rail",
      ...finding,
      message: `The ${LABELS[rail]} rail reads 0 mJ although it worked`,
      remedy: "use another source, or another version of macOS; this rail is not measured",
    };
  }
  if (spikes.length >= LEAST_SPIKES) {
    return {
      kind: "batched-rail",
      ...finding,
      // Its energies are read from batch to batch; what is shorter than one is not resolved.
      severity: "warning",
      message: `The ${LABELS[rail]} rail comes in batches: 0 mJ in ${share.toFixed(0)} % of the ` +
        `records although it worked`,
      remedy:
        "measure longer than some batches (--min-seconds 20): what is shorter is not resolved",
    };
  }
  const lengthMs = ({ from, to }: Run) => samples[to - 1]!.endMs - samples[from]!.startMs;
  const longest = zeros.reduce((most, run) => lengthMs(run) > lengthMs(most) ? run : most);
  if (longest.to - longest.from < LEAST_STUCK || lengthMs(longest) < LEAST_STUCK_MS) return null;
  return {
    kind: "stuck-rail",
    ...finding,
    startMs: samples[longest.from]!.startMs,
    endMs: samples[longest.to - 1]!.endMs,
    message: `The ${LABELS[rail]} rail reads 0 mJ for ${(lengthMs(longest) / 1000).toFixed(1)} s ` +
      `although it worked`,
    remedy: "run again; this rail was not measured in that time",
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
