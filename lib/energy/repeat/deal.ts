import type { Rail } from "../../record.ts";
import { DRAWS, hashOf, meanOf, mirrored, uniforms } from "../draws.ts";
import { quantileOf } from "../../sample.ts";
import type { Ensemble } from "../ensemble.ts";
import type { StepPower } from "./powers.ts";

/** What was measured of tokens, divided by what their repeated steps add up to. */
export interface StepScale {
  /** Of the total, 1 where both agree; its 2.5 and 97.5 % points. */
  ratio: { mean: number; low: number; high: number };
  /** By rail: how far the ratio is from 1 beyond what is not known of it. */
  unexplained: Map<Rail, number>;
}

/** A token whose step was never repeated may differ from those that were by this much, at least. */
const UNSEEN = 0.1;

/**
 * How far repeated steps are from what was measured, over all tokens: their power × their time in
 * the plain run, against the energy of those tokens there.
 *
 * @param parts ensembles of tokens, each over all repetitions
 * @param powers of each part; `undefined` where its step was not repeated
 * @returns `null` where nothing can be compared
 */
export function stepScale(
  parts: readonly Ensemble[],
  powers: readonly (StepPower | undefined)[],
  totalRails: readonly Rail[],
): StepScale | null {
  const total = { whole: new Float64Array(DRAWS), raw: new Float64Array(DRAWS) };
  const unexplained = new Map<Rail, number>();
  for (const rail of parts[0]?.draws.keys() ?? []) {
    const both = comparable(parts, powers, rail);
    if (!both) {
      if (totalRails.includes(rail)) return null;
      continue;
    }
    const { mean, low, high } = ratioOf(both.whole, both.raw);
    const knownTo = (high - low) / 2 / 1.96;
    unexplained.set(rail, Math.sqrt(Math.max(0, (mean - 1) ** 2 - knownTo ** 2)) || 0);
    if (!totalRails.includes(rail)) continue;
    for (const key of ["whole", "raw"] as const) {
      both[key].forEach((mj, draw) => total[key][draw]! += mj);
    }
  }
  const ratio = ratioOf(total.whole, total.raw);
  return Number.isFinite(ratio.mean) ? { ratio, unexplained } : null;
}

/**
 * Deals the energy that tokens hold together to each by its power × time, draw by draw, so that they
 * hold together what they held before.
 *
 * The scale by which raw energies are brought to what was measured is one for all tokens. What it
 * should have been for each nobody knows: where it differs from 1 by more than chance, each token's
 * draws vary by as much.
 *
 * @param parts ensembles of the tokens of one repetition
 * @param powers of each part; one whose step was not repeated gets the mean power and stays `shared`
 * @param method how the powers were found
 */
export function dealRepeated(
  parts: readonly Ensemble[],
  powers: readonly (StepPower | undefined)[],
  { unexplained }: StepScale,
  seed = 1,
  method: "repeated" | "deconvolved" = "repeated",
): Ensemble[] {
  const dealt = parts.map((part, at): Ensemble => {
    const power = powers[at];
    return {
      ...part,
      draws: new Map(part.draws),
      support: power?.support ?? 0,
      standsAlone: power !== undefined && power.firstIndex === power.lastIndex,
      method,
    };
  });
  const noise = parts.map((_, at) => {
    const power = powers[at];
    const name = power ? `${power.firstIndex}-${power.lastIndex}` : `unseen ${at}`;
    return mirrored(uniforms(hashOf(`scale ${name}`) ^ seed), "normal");
  });
  for (const rail of parts[0]?.draws.keys() ?? []) {
    const held = parts.flatMap(({ draws }) => draws.get(rail) ?? []);
    const weights = weightsOf(parts, powers, rail, unexplained.get(rail) ?? 0, noise);
    if (!weights || held.length < parts.length) continue;
    const own = parts.map(() => new Float64Array(DRAWS));
    for (let draw = 0; draw < DRAWS; draw++) {
      const whole = held.reduce((sum, draws) => sum + draws[draw]!, 0);
      const weight = weights.reduce((sum, draws) => sum + draws[draw]!, 0);
      own.forEach((draws, at) => {
        const share = weights[at]![draw]! / weight;
        draws[draw] = weight > 0 ? whole * share : held[at]![draw]!;
      });
    }
    dealt.forEach(({ draws }, at) => draws.set(rail, own[at] ?? null));
  }
  return dealt;
}

/** mW × ms of each part and draw; `null` where no power is known. */
function weightsOf(
  parts: readonly Ensemble[],
  powers: readonly (StepPower | undefined)[],
  rail: Rail,
  unexplained: number,
  noise: readonly Float64Array[],
): Float64Array[] | null {
  const known = parts.flatMap(({ durationMs }, at) => {
    const draws = powers[at]?.drawsMw.get(rail);
    return draws ? [{ durationMs, draws, meanMw: meanOf(draws) }] : [];
  });
  const repeated = powers.filter((power) => power !== undefined).length;
  if (known.length === 0 || known.length < repeated) return null;
  const knownMs = known.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const mean = new Float64Array(DRAWS);
  for (const { durationMs, draws } of known) {
    draws.forEach((mw, draw) => mean[draw]! += mw * durationMs / knownMs);
  }
  const meanMw = meanOf(mean);
  const spread = Math.sqrt(
    known.reduce((sum, one) => sum + (one.meanMw / meanMw - 1) ** 2, 0) / known.length,
  );
  const unseen = Math.max(UNSEEN, Number.isFinite(spread) ? spread : 0);
  return parts.map(({ durationMs }, at) => {
    const draws = powers[at]?.drawsMw.get(rail);
    const off = draws ? unexplained : unseen;
    return (draws ?? mean).map((mw, draw) =>
      Math.max(0, mw * (1 + off * noise[at]![draw]!)) * durationMs
    );
  });
}

/** What parts whose steps were repeated hold, and what these steps say, by draw. */
function comparable(
  parts: readonly Ensemble[],
  powers: readonly (StepPower | undefined)[],
  rail: Rail,
): { whole: Float64Array; raw: Float64Array } | null {
  const whole = new Float64Array(DRAWS);
  const raw = new Float64Array(DRAWS);
  let count = 0;
  for (const [at, { draws, durationMs }] of parts.entries()) {
    const power = powers[at];
    if (!power) continue;
    const held = draws.get(rail);
    const drawsMw = power.drawsMw.get(rail);
    if (!held || !drawsMw) return null;
    count++;
    for (let draw = 0; draw < DRAWS; draw++) {
      whole[draw]! += held[draw]!;
      raw[draw]! += drawsMw[draw]! * durationMs / 1000;
    }
  }
  return count === 0 ? null : { whole, raw };
}

function ratioOf(whole: Float64Array, raw: Float64Array): StepScale["ratio"] {
  const ratios = whole.map((mj, draw) => mj / (raw[draw] ?? NaN)).filter(Number.isFinite);
  if (ratios.length < DRAWS) return { mean: NaN, low: NaN, high: NaN };
  const sorted = ratios.toSorted();
  return { mean: meanOf(ratios), low: quantileOf(sorted, 0.025), high: quantileOf(sorted, 0.975) };
}
