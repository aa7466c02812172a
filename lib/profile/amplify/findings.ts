/**
 * Under which conditions loops tell what components cost where they really run (design, section 7).
 *
 * @module
 */
import { threeDigits } from "../../quantities.ts";
import type { Finding } from "../../record.ts";
import type { PhaseEnergies } from "./energies.ts";
import type { AmplifiedLoops, LoopCell } from "./loops.ts";

/** Records behind a component, for an error of about 1 %. */
const ENOUGH_RECORDS = 10;
/** Mean frequencies may differ by this much. */
const SAME_FREQUENCY = 0.05;
/** What a cut computes may differ by this much from the whole graph: sums in another order. */
const SAME_NUMBERS = 1e-4;

/**
 * All that is found about loops.
 *
 * @param frequencyChange mean frequency of the loops ÷ that of the answer, less 1; `null` where it
 * is not known
 */
export function amplifyFindings(
  loops: AmplifiedLoops,
  phases: readonly PhaseEnergies[],
  frequencyChange: number | null,
): Finding[] {
  return [
    ...phases.flatMap((phase) => captured(phase, loops)),
    ...phases.flatMap(tooShort),
    ...workingSet(loops),
    ...(loops.blocks.length === 0 ? [] : frequency(frequencyChange)),
    ...fused(loops),
    ...differs(loops),
    ...loops.refused.map(({ component, reason }) =>
      finding("not-amplified", "warning", 1, "components", {
        message: `${component} was not amplified: ${reason}`,
        remedy: "take its energy for a share by time",
      })
    ),
  ];
}

function captured({ phase, capture, isScaled, parts }: PhaseEnergies, loops: AmplifiedLoops) {
  if (capture === null || parts.length === 0) return [];
  const percent = 100 * capture.ratio;
  const span = `${(100 * capture.low).toFixed(0)} to ${(100 * capture.high).toFixed(0)} %`;
  const what = `the loops of ${
    loops.isComplete ? "all components" : parts.map(({ component }) => component).join(", ")
  } hold ${percent.toFixed(0)} % of the ${phase} (${span})`;
  if (isScaled) {
    return [finding("capture-ratio", "info", percent, "%", {
      message: `${what}: scaled to add up to it`,
      remedy: "their intervals cover the loops' own values, too",
    })];
  }
  if (!loops.isComplete) {
    return [finding("capture-ratio", "info", percent, "%", {
      message: `${what}; their energies are as their loops told them, the rest is "other"`,
      remedy: "amplify all to see whether components add up to the whole",
    })];
  }
  return [finding("capture-ratio", "warning", percent, "%", {
    message: `${what}, outside of 80 to 120 %: not scaled, the rest is "other"`,
    remedy: "do not read them as parts of the whole; a longer run or an idle machine may help",
  })];
}

function tooShort({ phase, records, parts }: PhaseEnergies): Finding[] {
  if (parts.length === 0 || records >= ENOUGH_RECORDS) return [];
  return [finding("too-short", "warning", records, "records", {
    message: `only ${records} whole power records lie in a loop of the ${phase}`,
    remedy: `close other programs, or sample more often (--interval-ms), for ${ENOUGH_RECORDS}`,
  })];
}

/** A loop whose data stays in a cache that the real step's data does not fit costs less than it. */
function workingSet({ cells, stepBytes, cacheBytes }: AmplifiedLoops): Finding[] {
  if (cells.length === 0) return [];
  if (cacheBytes === null) {
    return [finding("working-set", "info", stepBytes, "bytes", {
      message: "the size of the last-level cache is not known: whether loops find data in it " +
        "that a real step has to fetch was not checked",
      remedy: "compare the weights of a component with the cache of this chip",
    })];
  }
  const inCache = [
    ...new Set(
      cells.filter(({ roundBytes }) => roundBytes <= cacheBytes !== stepBytes <= cacheBytes)
        .map(({ component }: LoopCell) => component),
    ),
  ];
  if (inCache.length === 0) return [];
  return [finding("working-set", "warning", cacheBytes, "bytes", {
    message: `a real step reads ${megabytes(stepBytes)}, more than the last-level cache of ` +
      `${megabytes(cacheBytes)} holds, while it holds all that these loops read: ` +
      inCache.join(", "),
    remedy: "take their energies for lower ends: memory is read less than in a real step",
  })];
}

function frequency(change: number | null): Finding[] {
  if (change === null) {
    return [finding("frequency", "info", 0, "%", {
      message: "no power record tells the frequency: whether loops ran at that of the answer was " +
        "not checked",
      remedy: "use powermetrics, which tells it, for answers of several records",
    })];
  }
  const percent = 100 * change;
  if (Math.abs(change) <= SAME_FREQUENCY) return [];
  return [finding("frequency", "warning", percent, "%", {
    message: `loops ran at a mean frequency ${Math.abs(percent).toFixed(0)} % ` +
      `${percent > 0 ? "above" : "below"} that of the answer`,
    remedy: "let the machine cool down, or fix the number of threads (--threads), and run again",
  })];
}

function fused({ fused }: AmplifiedLoops): Finding[] {
  if (fused.length === 0) return [];
  const named = fused.map(({ component, operators }) => `${component} (${operators.join(", ")})`);
  return [finding("fused", "info", fused.length, "components", {
    message: `operations of the runtime do the work of several components at once, which is ` +
      `counted for one of them: ${named.join(", ")}`,
    remedy: "add them to the components that they are fused with before comparing",
  })];
}

function differs({ cells }: AmplifiedLoops): Finding[] {
  const wrong = cells.filter(({ difference }) => !(difference <= SAME_NUMBERS));
  if (wrong.length === 0) return [];
  const most = Math.max(...wrong.map(({ difference }) => difference));
  return [finding("cut-differs", "warning", most, "of the largest number", {
    message: `what was cut out does not compute what it computed in the model: ` +
      [...new Set(wrong.map(({ component }) => component))].join(", "),
    remedy: "take the energies of these components for estimates",
  })];
}

function megabytes(bytes: number): string {
  return `${threeDigits(bytes / 1e6)} MB`;
}

function finding(
  kind: Finding["kind"],
  severity: Finding["severity"],
  value: number,
  unit: string,
  text: Pick<Finding, "message" | "remedy">,
): Finding {
  return { kind, severity, value, unit, ...text };
}
