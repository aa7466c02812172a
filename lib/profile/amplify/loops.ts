/**
 * Components cut out of the executed graph and run in loops, on the thread that runs the model.
 *
 * @module
 */
import type { SessionOptions } from "../../inference/mod.ts";
import { cutComponents } from "../../model/cut/mod.ts";
import type { Model } from "../../model/mod.ts";
import { lastLevelCacheBytes } from "./cache_size.ts";
import { capture } from "./capture.ts";
import { executedGraph } from "./executed_file.ts";
import { openCells } from "./cells.ts";
import { BLOCKS_OF_CELL, sweeps } from "./sweeps.ts";

/** What is to be amplified. */
export interface AmplifyOptions extends SessionOptions {
  /** The prompt's ids and, after them, those of the answer. */
  ids: readonly number[];
  /** How many of `ids` are the prompt's. */
  promptLength: number;
  /** Names of components, or all. */
  components: readonly string[] | "all";
  /** Time between power records, as it truly is. */
  recordMs: number;
  /** Asked before each round: whether to end here. */
  stopped?: (() => boolean) | undefined;
  /** Called once everything is ready, with the time that the loops will take. */
  onReady?: ((expectedMs: number) => void) | undefined;
  /** Called when the work of a phase begins: what a simulated power source needs. */
  onPhase?: ((phase: "prefill" | "decode", atMs: number) => void) | undefined;
  /** Called a few times a second. */
  onProgress?: ((fraction: number) => void) | undefined;
}

/** A component's work in one pass: what a loop repeats. */
export interface LoopCell {
  component: string;
  phase: "prefill" | "decode";
  /** Tokens in the cache before the pass. */
  past: number;
  /** How many times it counts for the answer: alike passes are measured once. */
  weight: number;
  /** Bytes of weights and inputs that a round reads. */
  roundBytes: number;
  /** How far what it computes is from what the whole graph computed, in parts of its largest number. */
  difference: number;
}

/** One stretch of a loop. */
export interface LoopBlock {
  /** Index into the cells. */
  cell: number;
  /** The component's work, or the same inputs and outputs without any. */
  kind: "work" | "empty";
  startMs: number;
  endMs: number;
  /** How often it went round. */
  rounds: number;
}

/** What happened when: plain data, so that it crosses threads. */
export interface AmplifiedLoops {
  cells: LoopCell[];
  blocks: LoopBlock[];
  /** What could not be cut or run, and why. */
  refused: { component: string; reason: string }[];
  /** Operators that hold work of several components, by the component that they are counted for. */
  fused: { component: string; operators: string[] }[];
  /** Bytes of all weights, which a real step reads. */
  stepBytes: number;
  /** Bytes of the last-level cache of the machine that ran them; `null` where nobody says. */
  cacheBytes: number | null;
  /** Whether all of the graph's components ran to the end, in every phase. */
  isComplete: boolean;
  /** Whether it was stopped before all blocks had run. */
  interrupted: boolean;
}

/** Where nothing ran. */
export const NO_LOOPS: AmplifiedLoops = {
  cells: [],
  blocks: [],
  refused: [],
  fused: [],
  stepBytes: 0,
  cacheBytes: null,
  isComplete: false,
  interrupted: false,
};

/**
 * Repeats the work of components, each in stretches that power records see, forwards and backwards
 * through all of them.
 *
 * @throws {InputError} if the graph cannot be cut
 */
export async function amplifyLoops(
  model: Model,
  options: AmplifyOptions,
): Promise<AmplifiedLoops> {
  const { stopped = () => false } = options;
  using executed = await executedGraph(model, options);
  const cut = cutComponents(model, executed.path, options.components);
  const { passes, captures } = await capture(cut, options, options, stopped);
  await using open = await openCells(cut, passes, captures, options, stopped);
  const blocks = await sweeps(open.cells, options, stopped);
  const interrupted = stopped() || blocks.length < open.cells.length * BLOCKS_OF_CELL;
  const refused = [...cut.refused, ...open.refused];
  return {
    cells: open.cells.map(({ facts }) => facts),
    blocks,
    refused,
    fused: cut.components.filter(({ fused }) => fused.length > 0)
      .map(({ component, fused }) => ({ component, operators: fused })),
    stepBytes: model.features.weightBytes,
    cacheBytes: lastLevelCacheBytes(),
    isComplete: options.components === "all" && refused.length === 0 && !interrupted,
    interrupted,
  };
}
