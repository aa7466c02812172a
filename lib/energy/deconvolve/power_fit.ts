import { nonNegative } from "./nnls.ts";
import type { CholeskyFactor } from "./normal_equations.ts";
import { type Noise, noiseOf, WHITE } from "./record_noise.ts";
import { type Equations, type RepetitionDesign, together } from "./repetition_design.ts";

/** The powers of tokens, solved for with one delay of the counters. */
export interface Fit {
  design: RepetitionDesign;
  noise: Noise;
  /** Of each token, and of the rest. */
  powersMw: Float64Array;
  /** −2 log of how probable the records are, up to a constant. */
  deviance: number;
  /** Of a record, in mJ². */
  variance: number;
  factor: CholeskyFactor;
  /** How strongly tokens are held to their mean, in parts of what the records say of one. */
  strength: number;
  /** The same for each token, and that mean. */
  weights: Float64Array;
  meanMw: number;
}

/** Fits for all delays. */
export interface Fits {
  fits: Fit[];
  /** By how much more probable they make the records than one power for all tokens, as −2 log. */
  gain: number;
}

/** In mW, of each token: from odd and even repetitions, from the first half and the second. */
export type PartPowers = Record<"odd" | "even" | "early" | "late", Float64Array>;

/** How strongly tokens are held to their mean, in parts of what the records say of one. */
const STRENGTHS = [1000, 100, 10, 3, 1, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001];
/** Halves of the records leave more noise: they are compared when held as strongly as this. */
const FIRM = 0.1;
/** So strongly that all draw the same. */
const EQUAL = 1e5;
/** The prefill and the rest are held by next to nothing. */
const FREE = 1e-4;
/** Which of the delays are looked at first. */
const SOME = 4;
/** Records in each half, by token: fewer leave slow waves of power for what tokens differ by. */
const LEAST_RECORDS = 2;

/**
 * Fits the powers for each delay, with one strength of the prior and one likeness of neighbouring
 * errors: those of the likeliest delay.
 *
 * @param decoded the columns of tokens that share a mean; all others are free
 * @param leastGain where every fourth delay does not gain a third of that, the others are left out
 * @returns `null` where too few records lie inside
 */
export function fitPowers(
  designs: readonly RepetitionDesign[],
  decoded: readonly number[],
  leastGain: number,
): Fits | null {
  const middle = designs[designs.length >> 1];
  if (!middle) return null;
  const plain = middle.quarters();
  const fewest = Math.min(...plain.map(({ count }) => count));
  if (2 * fewest < LEAST_RECORDS * decoded.length) return null;
  const rough = strongest((strength) => fitOf(middle, together(plain), decoded, strength));
  const noise = noiseOf(middle.leftOver(rough.fit.powersMw));
  const equations = new Map<RepetitionDesign, Equations>();
  const equationsOf = (design: RepetitionDesign) => {
    const known = equations.get(design) ?? together(design.quarters(noise));
    equations.set(design, known);
    return known;
  };
  const one = (design: RepetitionDesign, strength: number) =>
    fitOf(design, equationsOf(design), decoded, strength, noise);
  const gainOf = (fits: readonly Fit[]) =>
    Math.min(...fits.map(({ design }) => one(design, EQUAL).deviance)) - leastOf(fits).deviance;
  const first = strongest((strength) => one(middle, strength));
  const some = designs.filter((_, at) => at % SOME === SOME >> 1)
    .map((design) => one(design, first.strength));
  const glance = some.length === 0 ? Infinity : gainOf(some);
  if (glance < leastGain / 3) return { fits: some, gain: glance };
  let fits = designs.map((design) => one(design, first.strength));
  const second = strongest((strength) => one(leastOf(fits).design, strength));
  if (second.strength !== first.strength) {
    fits = designs.map((design) => one(design, second.strength));
  }
  return { fits, gain: gainOf(fits) };
}

/** The likeliest of some fits. */
export function leastOf(fits: readonly Fit[]): Fit {
  return fits.reduce((best, fit) => fit.deviance < best.deviance ? fit : best);
}

/** The powers that parts of the repetitions give, each by themselves. */
export function powersOfParts({ design, noise, strength, weights: own, meanMw }: Fit): PartPowers {
  const [even, odd, lateEven, lateOdd] = design.quarters(noise);
  const weights = own.map((weight) => weight * Math.max(1, FIRM / strength));
  const towards = new Float64Array(weights.length).fill(meanMw);
  const solved = (...parts: [Equations, Equations]) => {
    const { matrix, right } = together(parts);
    return nonNegative(matrix, right, weights, towards);
  };
  return {
    odd: solved(odd, lateOdd),
    even: solved(even, lateEven),
    early: solved(even, odd),
    late: solved(lateEven, lateOdd),
  };
}

/** The strength that makes the records most probable (MacKay, Bayesian interpolation, 1992). */
function strongest(fitWith: (strength: number) => Fit): { fit: Fit; strength: number } {
  const [best] = STRENGTHS.map((strength) => ({ strength, fit: fitWith(strength) }))
    .sort((a, b) => a.fit.deviance - b.fit.deviance);
  return best!;
}

function fitOf(
  design: RepetitionDesign,
  whole: Equations,
  decoded: readonly number[],
  strength: number,
  noise: Noise = WHITE,
): Fit {
  const told = decoded.reduce((sum, i) => sum + whole.matrix.diagonal(i), 0) / decoded.length;
  const weights = new Float64Array(whole.right.length).fill(FREE * told);
  for (const column of decoded) weights[column] = strength * told;
  const factor = whole.matrix.factor(weights);
  const meanMw = meanOf(whole, factor, weights, decoded);
  const towards = new Float64Array(weights.length).fill(meanMw);
  const powersMw = nonNegative(whole.matrix, whole.right, weights, towards);
  const product = whole.matrix.times(powersMw);
  let misfit = whole.squares;
  let logWeights = 0;
  powersMw.forEach((mw, i) => {
    const weight = weights[i]!;
    misfit += mw * (product[i]! - 2 * whole.right[i]!) + weight * (mw - meanMw) ** 2;
    logWeights += Math.log(weight);
  });
  const variance = Math.max(misfit, Number.MIN_VALUE) / whole.count;
  const deviance = whole.count * Math.log(variance) + factor.logDeterminant - logWeights;
  return { design, noise, powersMw, deviance, variance, factor, strength, weights, meanMw };
}

/** The tokens' mean power that makes the records most probable: generalised least squares. */
function meanOf(
  { matrix, right }: Equations,
  factor: CholeskyFactor,
  weights: Float64Array,
  decoded: readonly number[],
): number {
  // p = m·1 + d, with d held to 0 by Λ: m = 1ᵀSb ÷ 1ᵀSN1, where S = Λ(N + Λ)⁻¹.
  const ones = new Float64Array(weights.length);
  for (const column of decoded) ones[column] = 1;
  const shrunk = factor.solve(ones.map((one, i) => one * weights[i]!));
  const seen = matrix.times(ones);
  let [above, below] = [0, 0];
  shrunk.forEach((value, i) => {
    above += value * right[i]!;
    below += value * seen[i]!;
  });
  return below > 0 ? above / below : 0;
}
