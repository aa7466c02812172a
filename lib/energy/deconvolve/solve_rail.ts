import type { PowerSample, Rail } from "../../record.ts";
import { quantileOf } from "../../sample.ts";
import { DRAWS, hashOf, mirrored, uniforms } from "../draws.ts";
import type { TimedToken } from "../groups.ts";
import type { AttributionOptions } from "../options.ts";
import { railRecords } from "../records.ts";
import { type Shifts, shiftsOf } from "../shifts.ts";
import { powerErrorOf } from "./power_error.ts";
import { type Fit, fitPowers, leastOf } from "./power_fit.ts";
import { RepetitionDesign } from "./repetition_design.ts";

/** How finely the delay of the counters is tried out, and in how many steps at most. */
const SHIFT_STEP_MS = 5;
const MOST_SHIFTS = 12;
/**
 * So much less is believed of how probable one delay is beside another than the fit says: tokens of
 * one length fit as well one token later, and what then decides are records at the brinks.
 */
const DOUBT = 8;

/** What the records of one rail tell. */
export interface SolvedRail {
  rail: Rail;
  likeliest: Fit;
  gain: number;
  supports: Int32Array;
  /** Of each decoded token. */
  drawsMw: Float64Array[];
}

/**
 * The powers of all tokens by one rail's records; `null` where they tell nothing.
 *
 * @param leastGain how much better than even power the fit must be to be looked into
 */
export function solveRail(
  repetitions: readonly (readonly TimedToken[])[],
  decoded: readonly number[],
  samples: readonly PowerSample[],
  rail: Rail,
  { leastGain, ...options }: AttributionOptions & { leastGain: number },
): SolvedRail | null {
  const records = railRecords(samples, rail);
  const found = fitPowers(
    likelyShifts(shiftsOf(rail, options))
      .map((shiftMs) => new RepetitionDesign(repetitions, records, shiftMs)),
    decoded,
    leastGain,
  );
  if (found === null) return null;
  const likeliest = leastOf(found.fits);
  return {
    rail,
    likeliest,
    gain: found.gain,
    supports: likeliest.design.supports(),
    drawsMw: drawn(
      found.fits,
      decoded,
      uniforms(hashOf(`deconvolved ${rail}`) ^ (options.seed ?? 1)),
    ),
  };
}

/** Delays of the counters, each as probable as any other before the records are looked at. */
function likelyShifts({ lowMs, highMs, drawsMs }: Shifts): number[] {
  const count = Math.min(MOST_SHIFTS, 1 + Math.ceil((highMs - lowMs) / SHIFT_STEP_MS));
  const sorted = drawsMs.toSorted();
  return Array.from({ length: count }, (_, at) => quantileOf(sorted, (at + 0.5) / count));
}

/** Draws delays by how probable they are, and powers by what is not known of them. */
function drawn(
  fits: readonly Fit[],
  decoded: readonly number[],
  random: () => number,
): Float64Array[] {
  const drawsMw = decoded.map(() => new Float64Array(DRAWS));
  const off = decoded.map(() => mirrored(random, "uniform"));
  const noise = Array.from(fits[0]?.powersMw ?? [], () => mirrored(random, "normal"));
  eachLikely(fits, (fit, from, to) => {
    const { errorsMw, biasMw } = powerErrorOf(fit, noise, from, to);
    decoded.forEach((column, at) => {
      const own = drawsMw[at];
      for (let draw = from; own && draw < to; draw++) {
        own[draw] = fit.powersMw[column]! + errorsMw[draw - from]![column]! +
          biasMw[column]! * off[at]![draw]!;
      }
    });
  });
  return drawsMw;
}

/** Gives each fit a run of draws as long as it is probable; mirrored pairs stay together. */
function eachLikely(
  fits: readonly Fit[],
  visit: (fit: Fit, from: number, to: number) => void,
): void {
  const least = leastOf(fits).deviance;
  const weights = fits.map(({ deviance }) => Math.exp((least - deviance) / 2 / DOUBT));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let reached = 0;
  let from = 0;
  fits.forEach((fit, at) => {
    reached += weights[at]!;
    const to = 2 * Math.round(reached / total * DRAWS / 2);
    if (to > from) visit(fit, from, to);
    from = to;
  });
}
