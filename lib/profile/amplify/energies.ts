/**
 * The energy of loops, from the power records of the time in which they ran.
 *
 * @module
 */
import {
  type AmplifiedWhole,
  attributeEnergy,
  type AttributionOptions,
  type Ensemble,
  fitToWhole,
  type Loop,
  type Reading,
  scatterOf,
  workEnergy,
} from "../../energy/mod.ts";
import type { PowerSample, Span } from "../../record.ts";
import type { AmplifiedLoops, LoopBlock } from "./loops.ts";

/** A phase that components were cut out of. */
export interface WholePhase {
  phase: "prefill" | "decode";
  /** Of one mean repetition, without what lies around the runtime. */
  ensemble: Ensemble;
}

/** A phase and what its components' loops cost. */
export interface PhaseEnergies extends AmplifiedWhole {
  phase: "prefill" | "decode";
  /** The least number of whole records behind any of them. */
  records: number;
}

/** Says what the components of each phase cost in one mean repetition. */
export function loopEnergies(
  { cells, blocks, isComplete, interrupted }: AmplifiedLoops,
  wholes: readonly WholePhase[],
  samples: readonly PowerSample[],
  options: AttributionOptions & Reading,
): PhaseEnergies[] {
  if (blocks.length === 0) return [];
  const ensembles = ensemblesOf(blocks, nameOf(cells), samples, options);
  const loopOf = (cell: number, kind: LoopBlock["kind"]): Loop => ({
    blocks: blocks.flatMap((block, at) => {
      const ensemble = ensembles[at];
      const isIts = block.cell === cell && block.kind === kind && ensemble !== undefined;
      return isIts ? [{ ensemble, rounds: block.rounds }] : [];
    }),
  });
  const loops = cells.map((cell, at) => ({
    cell,
    work: loopOf(at, "work"),
    empty: loopOf(at, "empty"),
  }));
  const scatter = {
    work: scatterOf(loops.map(({ work }) => work), options.totalRails),
    empty: scatterOf(loops.map(({ empty }) => empty), options.totalRails),
  };
  return wholes.map(({ phase, ensemble }) => {
    const mine = loops.filter(({ cell }) => cell.phase === phase);
    const names = [...new Set(mine.map(({ cell }) => cell.component))];
    const works = names.flatMap((component) => {
      const pieces = mine.filter(({ cell }) => cell.component === component)
        .map(({ cell, work, empty }) => ({
          name: `${component} ${phase} ${cell.past}`,
          weight: cell.weight,
          work,
          empty,
        }));
      const energy = workEnergy(pieces, scatter, options.seed ?? 1);
      return energy === null ? [] : [{ component, ensemble: energy }];
    });
    const isWhole = isComplete && !interrupted && works.length === names.length;
    return {
      phase,
      ...fitToWhole(works, ensemble, isWhole, options),
      records: Math.min(...works.map((work) => work.ensemble.support)),
    };
  });
}

function nameOf(cells: AmplifiedLoops["cells"]) {
  return ({ cell, kind }: LoopBlock) => {
    const { component, phase, past } = cells[cell]!;
    return `${component} ${phase} ${past} ${kind}`;
  };
}

/** Block by block. Blocks of one loop share a name: power in them is expected to be alike. */
function ensemblesOf(
  blocks: readonly LoopBlock[],
  nameOf: (block: LoopBlock) => string,
  samples: readonly PowerSample[],
  options: AttributionOptions,
): Ensemble[] {
  const starting = new Map(blocks.map(({ startMs }, at) => [startMs, at]));
  const ensembles: Ensemble[] = [];
  const span: Span = {
    kind: "run",
    name: "loops",
    startMs: blocks[0]?.startMs ?? 0,
    endMs: blocks.at(-1)?.endMs ?? 0,
    children: blocks.map((block) => ({
      kind: "phase",
      name: nameOf(block),
      startMs: block.startMs,
      endMs: block.endMs,
      children: [],
    })),
  };
  attributeEnergy(span, samples, {
    ...options,
    onNode: ({ kind, startMs }, ensemble) => {
      const at = kind === "phase" ? starting.get(startMs ?? NaN) : undefined;
      if (at !== undefined) ensembles[at] = ensemble;
    },
  });
  return ensembles;
}
