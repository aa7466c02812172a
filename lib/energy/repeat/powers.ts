import type { PowerSample, Rail, Span } from "../../record.ts";
import { attributeEnergy } from "../attribute.ts";
import { DRAWS, hashOf, meanOf, mirrored, uniforms } from "../draws.ts";
import type { Ensemble } from "../ensemble.ts";
import type { TokenRange } from "../groups.ts";
import type { AttributionOptions } from "../options.ts";
import { repetitionError, type SweptPair } from "./error.ts";

/** A block of steps as it ran, once for each sweep. */
export interface RepeatedBlock extends TokenRange {
  /** 0 is the forward sweep, 1 the backward one. */
  sweep: number;
  /** How often its steps were run. */
  cycles: number;
  /** Start, on the clock of the samples. */
  startMs: number;
  /** End. */
  endMs: number;
}

/** The power of a block of steps, in every joint draw. */
export interface StepPower extends TokenRange {
  /** mW by rail and draw; `null` where a rail was not measured all the time. */
  drawsMw: Map<Rail, Float64Array | null>;
  /** Whole records that lie in its blocks. */
  support: number;
  /** Of one pass over its steps, when repeated. */
  cycleMs: number;
}

/**
 * The power of steps that were run again and again: the means of their blocks in all sweeps.
 *
 * What is not known of the clocks, the latch and the rounding is drawn jointly, as in
 * {@link attributeEnergy}. A shift of all records gives a block energy of its neighbour; as the
 * backward sweep has the neighbours the other way round, that cancels to first order in each draw,
 * and so does power that drifts evenly. What remains differs from one sweep to the other; by how
 * much is learned from all blocks together, and drawn on top.
 *
 * @param blocks in any order; those of one sweep follow each other in time
 * @param options as for {@link attributeEnergy}; the same seed gives draws that belong together
 * @returns one for each range of tokens, in the order of the answer
 * @throws {RangeError} if blocks overlap
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { stepPowers } from "@tokenwatt/tokenwatt";
 *
 * // Two steps of 20 ms, each 25 times: 10 W and 20 W, forward, then backward.
 * const watts = [10, 20, 20, 10];
 * const samples = Array.from({ length: 22 }, (_, index) => ({
 *   startMs: index * 100,
 *   endMs: (index + 1) * 100,
 *   energyMj: { cpu: 100 * (watts[Math.floor((index - 1) / 5)] ?? 1) },
 * }));
 * const block = (token: number, sweep: number, startMs: number) => ({
 *   firstIndex: token, lastIndex: token, sweep, cycles: 25, startMs, endMs: startMs + 500,
 * });
 * const [first] = stepPowers(
 *   [block(1, 0, 100), block(2, 0, 600), block(2, 1, 1100), block(1, 1, 1600)],
 *   samples,
 *   { clockBoundMs: 8 },
 * );
 * const draws = first?.drawsMw.get("cpu") ?? new Float64Array();
 * const meanMw = draws.reduce((sum, mw) => sum + mw, 0) / draws.length;
 * assert(Math.abs(meanMw - 10_000) < 100);
 * ```
 */
export function stepPowers(
  blocks: readonly RepeatedBlock[],
  samples: readonly PowerSample[],
  options: AttributionOptions = {},
): StepPower[] {
  const ordered = blocks.toSorted((a, b) => a.firstIndex - b.firstIndex || a.sweep - b.sweep);
  const ensembles = blockEnsembles(blocks, samples, options);
  const ranges = Map.groupBy(ordered, nameOf);
  const powers = Array.from(ranges.values(), (own): StepPower => {
    const parts = own.map((block) => ensembles.get(`${block.sweep} ${nameOf(block)}`));
    const totalMs = own.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
    const rails = new Set(parts.flatMap((part) => [...part?.draws.keys() ?? []]));
    const { firstIndex, lastIndex } = own[0]!;
    return {
      firstIndex,
      lastIndex,
      support: parts.reduce((sum, part) => sum + (part?.support ?? 0), 0),
      cycleMs: totalMs / own.reduce((sum, { cycles }) => sum + cycles, 0),
      drawsMw: new Map(Array.from(rails, (rail) => [rail, meanPower(parts, rail, totalMs)])),
    };
  });
  return withRepetitionError(powers, [...ranges.values()], ensembles, options.seed ?? 1);
}

/** Attributes the sweeps as if blocks were phases: each of them is seen on its own. */
function blockEnsembles(
  blocks: readonly RepeatedBlock[],
  samples: readonly PowerSample[],
  options: AttributionOptions,
): Map<string, Ensemble> {
  const found = new Map<string, Ensemble>();
  if (blocks.length === 0) return found;
  const sweeps = [...Map.groupBy(blocks, ({ sweep }) => sweep)]
    .map(([sweep, own]) => [sweep, own.toSorted((a, b) => a.startMs - b.startMs)] as const)
    .toSorted(([, a], [, b]) => a[0]!.startMs - b[0]!.startMs);
  const span: Span = {
    kind: "run",
    name: "steps",
    startMs: sweeps[0]![1][0]!.startMs,
    endMs: sweeps.at(-1)![1].at(-1)!.endMs,
    children: sweeps.map(([sweep, own]) => ({
      kind: "repetition",
      name: `${sweep}`,
      startMs: own[0]!.startMs,
      endMs: own.at(-1)!.endMs,
      children: own.map((block) => ({
        kind: "phase",
        name: nameOf(block),
        startMs: block.startMs,
        endMs: block.endMs,
        children: [],
      })),
    })),
  };
  attributeEnergy(span, samples, {
    ...options,
    onNode: (node, ensemble, path) => {
      if (node.kind === "phase") found.set(`${path.at(-1)?.name} ${node.name}`, ensemble);
    },
  });
  return found;
}

function nameOf({ firstIndex, lastIndex }: TokenRange): string {
  return `${firstIndex}-${lastIndex}`;
}

function meanPower(
  parts: readonly (Ensemble | undefined)[],
  rail: Rail,
  totalMs: number,
): Float64Array | null {
  const sum = new Float64Array(DRAWS);
  for (const part of parts) {
    const draws = part?.draws.get(rail);
    if (!draws) return null;
    for (let draw = 0; draw < DRAWS; draw++) sum[draw]! += draws[draw]!;
  }
  return sum.map((mj) => mj / totalMs * 1000);
}

/** Adds what repeating the block on another occasion would change, alike on all rails. */
function withRepetitionError(
  powers: readonly StepPower[],
  ranges: readonly (readonly RepeatedBlock[])[],
  ensembles: ReadonlyMap<string, Ensemble>,
  seed: number,
): StepPower[] {
  const rails = new Set(powers.flatMap(({ drawsMw }) => [...drawsMw.keys()]));
  const errors = new Map(Array.from(rails, (rail) => {
    const pairs = ranges.flatMap((own): SweptPair[] => {
      const [one, other] = own.map((block) => {
        const draws = ensembles.get(`${block.sweep} ${nameOf(block)}`)?.draws.get(rail);
        return draws ? { durationMs: block.endMs - block.startMs, draws } : null;
      });
      return one && other ? [{ one, other }] : [];
    });
    return [rail, repetitionError(pairs)];
  }));
  return powers.map((power, at) => {
    const swept = ranges[at] ?? [];
    const blockMs = swept.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
    const drawn = mirrored(uniforms(hashOf(`repeated ${nameOf(power)}`) ^ seed), "normal");
    const drawsMw = new Map(Array.from(power.drawsMw, ([rail, draws]) => {
      if (!draws) return [rail, draws];
      const errorMw = Math.abs(meanOf(draws)) * errors.get(rail)!(blockMs);
      return [rail, draws.map((mw, draw) => mw + errorMw * drawn[draw]!)];
    }));
    return { ...power, drawsMw };
  });
}
