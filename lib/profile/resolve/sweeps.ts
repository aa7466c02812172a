import { nowMs } from "../../clock.ts";
import type { RepeatedBlock, StepBlock } from "../../energy/mod.ts";
import type { SessionMark } from "../../inference/mod.ts";
import type { Steps } from "./steps.ts";

/** What is told of the sweeps while they run, and what they ask. */
export interface SweepHooks {
  /** A block has been measured. */
  onBlock(block: RepeatedBlock): void;
  /** Steps of this kind begin; for simulated power. */
  onPhase(phase: "prefill" | "decode", atMs: number): void;
  /** Whether to go no further. */
  stopped(): boolean;
}

/** All places that are held together may take this much; the session's own cache comes on top. */
const HELD_BYTES = 512 * 2 ** 20;

/** Ends the sweeps from within: nothing more is to be run. */
const STOPPED = Symbol("stopped");

/**
 * Runs every block of steps again and again, from the first to the last and back.
 *
 * The last pass over a block leaves the cache that the next block needs. On the way back places are
 * needed that lie behind: as many of them as memory allows are held, and steps between them run again,
 * as in the reverse pass of automatic differentiation (Griewank and Walther, revolve, 2000). Places
 * are gone back to between passes, not in them, and nothing is copied for it.
 *
 * @param leadMs how long the outermost blocks are repeated, unmeasured, before and after
 * @returns whether it was stopped
 */
export async function sweepSteps(
  steps: Steps,
  blocks: readonly StepBlock[],
  leadMs: number,
  hooks: SweepHooks,
): Promise<boolean> {
  const [first] = blocks;
  if (!first) return false;
  try {
    const sweeps = new Sweeps(steps, hooks);
    await sweeps.advance(0, first.firstIndex);
    using start = steps.mark();
    await sweeps.lead(first, start, leadMs);
    start.rewind();
    for (const block of blocks) {
      using mark = steps.mark();
      await sweeps.measure(block, mark, 0);
    }
    using end = steps.mark();
    await sweeps.backward(blocks, start, placesFor(blocks.length, end.bytes));
    await sweeps.lead(first, start, leadMs);
    return false;
  } catch (error) {
    if (error !== STOPPED) throw error;
    return true;
  }
}

/** How many places to hold at each level, so that all levels together stay within the memory. */
export function placesFor(blocks: number, bytes: number): number {
  let places = Math.max(2, blocks);
  const levels = () => Math.ceil(Math.log(blocks) / Math.log(places) - 1e-9);
  while (places > 2 && places * Math.max(1, levels()) * bytes > HELD_BYTES) places--;
  return places;
}

class Sweeps {
  #phase: "prefill" | "decode" | null = null;

  constructor(readonly steps: Steps, readonly hooks: SweepHooks) {}

  /** Runs the steps from one token to before another, once. */
  async advance(from: number, end: number): Promise<void> {
    for (let index = from; index < end; index++) await this.#run(index);
  }

  /** Repeats a block as often as planned, beginning at the mark, and says when that was. */
  async measure(block: StepBlock, mark: SessionMark, sweep: number): Promise<void> {
    const { firstIndex, lastIndex, cycles } = block;
    mark.rewind();
    const startMs = nowMs();
    this.#enter(firstIndex, startMs);
    for (let cycle = 0; cycle < cycles; cycle++) {
      if (cycle > 0) mark.rewind();
      await this.advance(firstIndex, lastIndex + 1);
    }
    this.hooks.onBlock({ firstIndex, lastIndex, cycles, sweep, startMs, endMs: nowMs() });
  }

  /** Repeats a block, unmeasured, so that what is measured beside it has like work beside it. */
  async lead({ firstIndex, lastIndex }: StepBlock, mark: SessionMark, ms: number): Promise<void> {
    const endMs = nowMs() + ms;
    this.#enter(firstIndex, nowMs());
    while (nowMs() < endMs) {
      mark.rewind();
      await this.advance(firstIndex, lastIndex + 1);
    }
  }

  /** Measures blocks from the last to the first; `mark` is where the first of them begins. */
  async backward(
    blocks: readonly StepBlock[],
    mark: SessionMark,
    places: number,
  ): Promise<void> {
    const [first] = blocks;
    if (!first) return;
    if (blocks.length === 1) return await this.measure(first, mark, 1);
    using held = new DisposableStack();
    const pieces = split(blocks, places);
    const marks = [mark];
    mark.rewind();
    for (const [at, piece] of pieces.slice(0, -1).entries()) {
      const next = pieces[at + 1]![0]!;
      await this.advance(piece[0]!.firstIndex, next.firstIndex);
      marks.push(held.use(this.steps.mark()));
    }
    for (const [at, piece] of [...pieces.entries()].reverse()) {
      await this.backward(piece, marks[at]!, places);
    }
  }

  async #run(index: number): Promise<void> {
    if (this.hooks.stopped()) throw STOPPED;
    await this.steps.run(index);
  }

  #enter(firstIndex: number, atMs: number): void {
    const phase = firstIndex === 0 ? "prefill" : "decode";
    if (phase !== this.#phase) this.hooks.onPhase(phase, atMs);
    this.#phase = phase;
  }
}

function split<T>(all: readonly T[], most: number): T[][] {
  const count = Math.min(most, all.length);
  const from = (piece: number) => Math.round(piece * all.length / count);
  return Array.from({ length: count }, (_, piece) => all.slice(from(piece), from(piece + 1)));
}
