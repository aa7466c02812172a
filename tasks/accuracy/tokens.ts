import {
  type AttributionOptions,
  deconvolveTokens,
  type Ensemble,
  scaled,
  toEnergy,
} from "../../lib/energy/mod.ts";
import { RIG_RAILS } from "../../lib/power/rig/mod.ts";
import type { Energy } from "../../lib/record.ts";
import type { Family } from "./families.ts";
import { type Generations, generations, type PowerShape, trueTokenMj } from "./generations.ts";
import { OTHER_WAYS } from "./other_ways.ts";
import { repeatedTokens, tokenEnsembles } from "./sweeps.ts";
import { bare, judged, type Trial } from "./trial.ts";

/** How long single tokens take, in ms. */
export const TOKEN_TIMES = [1, 5, 20, 60] as const;

const RAIL_PRIOR_MS = [-5, 40] as const;

/**
 * The tokens of one answer by each way, against one truth: what each cost in the mean of all
 * repetitions of the plain run. All ways have the same records of it; step repetition has those of
 * its sweeps beside, which is what it is.
 */
export function tokenTrials(
  seed: number,
  family: Family,
  tokenMs: number,
  shape: PowerShape,
): Trial[] {
  const played = generations({ seed, family, tokenMs, shape, areStepsRepeated: true });
  const { boundMs, repetitions, swept, samples } = played;
  const options = { totalRails: RIG_RAILS, clockBoundMs: boundMs, latchMs: RAIL_PRIOR_MS, seed };
  const parts = tokenEnsembles(repetitions, samples, options);
  const decoded = repetitions[0]!.slice(1);
  const truths = decoded.map(({ index }) => trueTokenMj(played, index));
  const lengths = decoded.map((_, at) => parts[at]!.durationMs / repetitions.length);
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const meanMw = sum(truths) / sum(lengths);
  const trials = (method: string, found: (at: number) => ReturnType<typeof judged>): Trial[] =>
    truths.map((trueMj, at) => ({
      what: "token",
      method,
      case: shape,
      cadenceMs: family.cadenceMs,
      tokenMs,
      deviation: Math.abs(trueMj / lengths[at]! / meanMw - 1),
      answer: seed,
      ...found(at),
    }));
  const ofEnergies = (method: string, energies: readonly Energy[]) =>
    trials(method, (at) => judged(energies[at]!, truths[at]!));

  const meanOf = (tokens: readonly Ensemble[]) =>
    tokens.map((token) => toEnergy(scaled(token, 1 / repetitions.length), options));

  return [
    ...ofEnergies("repeated", meanOf(repeatedTokens(parts, swept, samples, options))),
    ...deconvolved(played, options, ofEnergies),
    ...ofEnergies("shared", meanOf(parts)),
    ...others(played).flatMap(({ method, of }) =>
      trials(method, (at) => bare(of(decoded[at]!.index), truths[at]!))
    ),
  ];
}

/** None where it says that tokens differ by their time only: it is time share then. */
function deconvolved(
  { repetitions, samples }: Generations,
  options: AttributionOptions,
  trials: (method: string, energies: readonly Energy[]) => Trial[],
): Trial[] {
  const { method, tokens } = deconvolveTokens(repetitions, samples, options);
  if (method !== "deconvolved") return [];
  return trials(method, tokens.flatMap(({ index, energy }) => index > 0 ? [energy] : []));
}

/** What others find of each token, the mean of all repetitions. */
function others({ repetitions, run: { arrivalsMs }, samples }: Generations) {
  const workMs = [repetitions[0]![0]!.startMs, repetitions.at(-1)!.at(-1)!.endMs] as const;
  return Object.entries(OTHER_WAYS).map(([method, way]) => ({
    method,
    of: (index: number) =>
      repetitions.reduce((sum, own) => {
        const { startMs, endMs } = own[index]!;
        return sum + way({ samples, arrivalsMs, workMs }, startMs, endMs);
      }, 0) / repetitions.length,
  }));
}
