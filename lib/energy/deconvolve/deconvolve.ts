import type { PowerSample, Rail } from "../../record.ts";
import { leastBy } from "../../sample.ts";
import { DRAWS, meanOf } from "../draws.ts";
import type { TimedToken } from "../groups.ts";
import { type AttributionOptions, checkOptions } from "../options.ts";
import { defaultTotalRails } from "../rails.ts";
import type { StepPower } from "../repeat/mod.ts";
import { type PartPowers, powersOfParts } from "./power_fit.ts";
import { rankCorrelation } from "./rank_correlation.ts";
import { type SolvedRail, solveRail } from "./solve_rail.ts";

/** What whole generations, repeated, tell of single tokens. */
export interface Deconvolution {
  /** `shared` where nothing was found but that tokens differ by their time. */
  method: "deconvolved" | "shared";
  /**
   * How alike the powers are that the odd and the even repetitions give, apart, and those of the first
   * half and the second: the lower rank correlation of the two, −1 to 1; `null` where there are too
   * few repetitions, tokens or records to tell.
   */
  agreement: number | null;
  /** The power of each token of the decode phase; none where the method is `shared`. */
  powers: StepPower[];
}

/** Two odd and two even ones: less than that has nothing to compare. */
const LEAST_REPETITIONS = 4;
const LEAST_TOKENS = 4;
/** Below this, parts of the repetitions do not tell the same of the tokens (design, section 7). */
const LEAST_AGREEMENT = 0.5;
/** By chance, correlations of n tokens pass this ÷ √(n − 1) once in a hundred times. */
const CHANCE = 2.33;
/** Chosen on 100 simulated runs of even power: waves that keep step with the repetitions reach 50. */
const LEAST_GAIN = 60;
/** What tokens seem to differ by must be more than what is not known of each. */
const LEAST_CERTAINTY = 0.5;
/** A rail below this part of the total has nothing to tell, and is shared by time. */
const LEAST_SHARE = 0.02;
/**
 * Tells tokens apart that are shorter than a record: the records of every repetition meet them at
 * another phase, and regularised non-negative least squares finds the power of each.
 *
 * Prior: all tokens draw the same power, which is what sharing by time says. How far they are let
 * off it, and how late the counters are read within what `latchMs` and `clockBoundMs` allow, is what
 * makes the records most probable. Odd and even repetitions are solved apart, and so are the first
 * half and the second: unless they agree, the method is `shared`. The draws hold the error of the fit and of its prior.
 *
 * @param repetitions the tokens of each; one of index 0 is the prefill, solved for and left out
 * @param options as for {@link attributeEnergy}
 * @throws {RangeError} if an option or a sample cannot be used
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { deconvolve } from "@tokenwatt/tokenwatt";
 *
 * // Ten tokens of 30 ms, generated 40 times; three of them draw 30 W, the others 15 W.
 * const powerMw = (ms: number) => [1, 4, 8].includes(Math.floor(ms % 300 / 30)) ? 30_000 : 15_000;
 * const samples = Array.from({ length: 112 }, (_, record) => {
 *   let cpu = 0;
 *   for (let ms = record * 107; ms < (record + 1) * 107; ms++) cpu += powerMw(ms) / 1000;
 *   return { startMs: record * 107, endMs: (record + 1) * 107, energyMj: { cpu } };
 * });
 * const repetitions = Array.from({ length: 39 }, (_, repetition) =>
 *   Array.from({ length: 10 }, (_, at) => {
 *     const startMs = repetition * 300 + at * 30;
 *     return { index: at + 1, startMs, endMs: startMs + 30 };
 *   }));
 * const { method, powers } = deconvolve(repetitions, samples);
 * const draws = powers[4]?.drawsMw.get("cpu") ?? new Float64Array();
 * const meanMw = draws.reduce((sum, mw) => sum + mw, 0) / draws.length;
 * assert(method === "deconvolved" && Math.abs(meanMw - 30_000) < 1500);
 * ```
 */
export function deconvolve(
  repetitions: readonly (readonly TimedToken[])[],
  samples: readonly PowerSample[],
  options: AttributionOptions = {},
): Deconvolution {
  checkOptions(options);
  const nothing: Deconvolution = { method: "shared", agreement: null, powers: [] };
  if (repetitions.length < LEAST_REPETITIONS || options.clockBoundMs === Infinity) return nothing;
  const rails = weightyRails(samples, options.totalRails ?? defaultTotalRails(samples));
  // Records of some seconds tell nothing of single tokens.
  if ((options.batchedRails ?? []).some((rail) => rails.includes(rail))) return nothing;
  const count = leastBy(repetitions, ({ length }) => length);
  const alike = repetitions.map((tokens) => tokens.slice(0, count));
  const decoded = (alike[0] ?? []).flatMap(({ index }, column) => index > 0 ? [column] : []);
  if (decoded.length < LEAST_TOKENS) return nothing;
  const solved = rails.flatMap((rail) =>
    solveRail(alike, decoded, samples, rail, { ...options, leastGain: LEAST_GAIN }) ?? []
  );
  if (solved.length === 0 || solved.length < rails.length) return nothing;

  const agreement = agreementOf(solved, decoded);
  const isAgreed = agreement >= Math.max(LEAST_AGREEMENT, CHANCE / Math.sqrt(decoded.length - 1));
  const gain = solved.reduce((sum, rail) => sum + rail.gain, 0);
  if (!isAgreed || gain < LEAST_GAIN || certaintyOf(solved, decoded) < LEAST_CERTAINTY) {
    return { ...nothing, agreement };
  }
  const powers = decoded.map((column, at): StepPower => {
    const index = alike[0]?.[column]?.index ?? column;
    const totalMs = alike.reduce(
      (sum, tokens) => sum + (tokens[column]?.endMs ?? 0) - (tokens[column]?.startMs ?? 0),
      0,
    );
    return {
      firstIndex: index,
      lastIndex: index,
      cycleMs: totalMs / alike.length,
      support: Math.min(...solved.map(({ supports }) => supports[column]!)),
      drawsMw: new Map(solved.map(({ rail, drawsMw }) => [rail, drawsMw[at] ?? null])),
    };
  });
  return { method: "deconvolved", agreement, powers };
}

function weightyRails(samples: readonly PowerSample[], totalRails: readonly Rail[]): Rail[] {
  const sums = totalRails.map((rail) =>
    samples.reduce((sum, { energyMj }) => sum + (energyMj[rail] ?? 0), 0)
  );
  const total = sums.reduce((sum, mj) => sum + mj, 0);
  return totalRails.filter((_, at) => sums[at]! > LEAST_SHARE * total);
}

/**
 * Ranks do not mind one token that holds what belongs to the prefill before it. Slow waves of power
 * look alike to neighbouring repetitions, but not to the first half and the second.
 */
function agreementOf(solved: readonly SolvedRail[], decoded: readonly number[]): number {
  const parts = solved.map(({ likeliest }) => powersOfParts(likeliest));
  const powers = (part: keyof PartPowers) =>
    decoded.map((column) => parts.reduce((sum, one) => sum + one[part][column]!, 0));
  return Math.min(
    rankCorrelation(powers("odd"), powers("even")),
    rankCorrelation(powers("early"), powers("late")),
  );
}

/** Variance between the tokens ÷ (that + the variance of the draws of one). */
function certaintyOf(solved: readonly SolvedRail[], decoded: readonly number[]): number {
  const totals = decoded.map((_, at) => {
    const total = new Float64Array(DRAWS);
    for (const { drawsMw } of solved) {
      drawsMw[at]?.forEach((mw, draw) => total[draw]! += mw);
    }
    return { total, meanMw: meanOf(total) };
  });
  const middleMw = totals.reduce((sum, { meanMw }) => sum + meanMw, 0) / totals.length;
  let [between, within] = [0, 0];
  for (const { total, meanMw } of totals) {
    between += (meanMw - middleMw) ** 2;
    within += total.reduce((sum, mw) => sum + (mw - meanMw) ** 2, 0) / DRAWS;
  }
  return between > 0 ? between / (between + within) : 0;
}
