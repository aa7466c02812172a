import type { Rail } from "../../record.ts";
import { DRAWS, hashOf, meanOf, mirrored, uniforms } from "../draws.ts";
import { type Ensemble, scaled, sumOf } from "../ensemble.ts";
import { studentWidening } from "../student.ts";

/** A loop that ran in several stretches, each with its energy and how often it went round. */
export interface Loop {
  blocks: { ensemble: Ensemble; rounds: number }[];
}

/** A piece of work that was repeated, beside the same loop without it. */
export interface RepeatedWork {
  /** Work of one name shares its draws. */
  name: string;
  /** How many times it counts. */
  weight: number;
  /** The work, with handing its inputs and outputs over. */
  work: Loop;
  /** Handing them over alone. */
  empty: Loop;
}

/** How far the blocks of a loop lie from its mean, in parts of it: as seen over many loops. */
export interface Scatter {
  /** Standard deviation of one block. */
  relative: number;
  /** How many differences it was told from. */
  freedom: number;
}

/**
 * What blocks of one loop differ by, pooled over loops: two or four blocks alone tell little. Power
 * drifts and other programs come and go, which no record's error tells.
 */
export function scatterOf(loops: readonly Loop[], totalRails: readonly Rail[]): Scatter {
  let [squares, freedom] = [0, 0];
  for (const { blocks } of loops) {
    const perRound = blocks.map(({ ensemble, rounds }) => meanTotal(ensemble, totalRails) / rounds);
    const mean = perRound.reduce((sum, mj) => sum + mj, 0) / perRound.length;
    if (perRound.length < 2 || !(mean > 0)) continue;
    squares += perRound.reduce((sum, mj) => sum + (mj / mean - 1) ** 2, 0);
    freedom += perRound.length - 1;
  }
  return { relative: freedom > 0 ? Math.sqrt(squares / freedom) : 0, freedom };
}

/**
 * What work costs, each piece by its weight: of a round with it, less a round without, in each of
 * the joint draws. Idle power is in both, so what is left holds that of the work's own time.
 *
 * @param scatter of the loops with work, and of those without
 * @returns `null` where there is none, or a loop never went round
 */
export function workEnergy(
  pieces: readonly RepeatedWork[],
  scatter: { work: Scatter; empty: Scatter },
  seed: number,
): Ensemble | null {
  const parts: Ensemble[] = [];
  for (const { name, weight, work, empty } of pieces) {
    const full = perRound(work, scatter.work, `${name} work`, seed);
    const bare = perRound(empty, scatter.empty, `${name} empty`, seed);
    if (full === null || bare === null) return null;
    parts.push(scaled(difference(full, bare), weight));
  }
  if (parts.length === 0) return null;
  return { ...sumOf(parts), support: Math.min(...parts.map(({ support }) => support)) };
}

/** One round, from all blocks of its loop. */
function perRound(
  { blocks }: Loop,
  { relative, freedom }: Scatter,
  name: string,
  seed: number,
): Ensemble | null {
  const rounds = blocks.reduce((sum, block) => sum + block.rounds, 0);
  if (rounds === 0) return null;
  const whole = sumOf(blocks.map(({ ensemble }) => ensemble));
  const deviation = freedom > 0
    ? relative * studentWidening(freedom) / Math.sqrt(blocks.length)
    : 0;
  const off = mirrored(uniforms(hashOf(name) ^ seed), "normal");
  const drawn = (draws: Float64Array | null) => {
    if (draws === null) return null;
    const errorMj = meanOf(draws) * deviation;
    return draws.map((mj, draw) => mj + errorMj * off[draw]!);
  };
  const unsure = { ...whole, draws: mapDraws(whole, drawn) };
  return scaled(unsure, 1 / rounds);
}

/** What is known of one and of another draw by draw, and of their difference therefore. */
function difference(one: Ensemble, other: Ensemble): Ensemble {
  return {
    ...one,
    durationMs: one.durationMs - other.durationMs,
    draws: mapDraws(one, (draws, rail) => {
      const less = other.draws.get(rail);
      return draws && less ? draws.map((mj, draw) => mj - less[draw]!) : null;
    }),
    limits: new Map(),
    root: new Map(),
  };
}

function mapDraws(
  { draws }: Ensemble,
  change: (draws: Float64Array | null, rail: Rail) => Float64Array | null,
): Ensemble["draws"] {
  return new Map(Array.from(draws, ([rail, own]) => [rail, change(own, rail)]));
}

/** Mean of all rails of a total; NaN where one of them was not measured. */
function meanTotal({ draws }: Ensemble, totalRails: readonly Rail[]): number {
  return totalRails.reduce((sum, rail) => {
    const own = draws.get(rail);
    return sum + (own ? meanOf(own) : NaN);
  }, 0);
}

/** The total in each draw; `null` where a rail was not measured. */
export function totalOf({ draws }: Ensemble, totalRails: readonly Rail[]): Float64Array | null {
  const total = new Float64Array(DRAWS);
  for (const rail of totalRails) {
    const own = draws.get(rail);
    if (!own) return null;
    for (let draw = 0; draw < DRAWS; draw++) total[draw]! += own[draw]!;
  }
  return totalRails.length === 0 ? null : total;
}
