/**
 * The order in which loops run: forwards and backwards through all cells, so that a machine that
 * warms up or slows down does so to all of them alike.
 *
 * @module
 */
import { nowMs } from "../../clock.ts";
import type { OpenCell } from "./cells.ts";
import type { AmplifyOptions, LoopBlock } from "./loops.ts";

/** Forwards, backwards, and again: what blocks of one cell differ by is how sure it is. */
const SWEEPS = 4;
/** How many records a block of work spans, so that 3 lie wholly in it, 12 in all of a cell's. */
const WORK_RECORDS = 4.2;
/** What is subtracted is small where the work is not: fewer records are enough. */
const EMPTY_RECORDS = 2.2;

/** Blocks of one cell. */
export const BLOCKS_OF_CELL: number = 2 * SWEEPS;

/** How long the loops of so many cells take, where a round is shorter than a block. */
export function sweepsMs(cells: number, recordMs: number): number {
  return cells * SWEEPS * (WORK_RECORDS + EMPTY_RECORDS) * recordMs;
}

/** Runs all blocks, as far as it is not stopped. A block that was stopped does not count. */
export async function sweeps(
  cells: readonly OpenCell[],
  { recordMs, onReady, onPhase, onProgress }: AmplifyOptions,
  stopped: () => boolean,
): Promise<LoopBlock[]> {
  const blocks: LoopBlock[] = [];
  onReady?.(sweepsMs(cells.length, recordMs));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const forwards = cells.flatMap((_, cell) => [
      { cell, kind: "work" as const },
      { cell, kind: "empty" as const },
    ]);
    for (const { cell, kind } of sweep % 2 === 0 ? forwards : forwards.toReversed()) {
      const { facts, run } = cells[cell]!;
      const records = kind === "work" ? WORK_RECORDS : EMPTY_RECORDS;
      onPhase?.(facts.phase, nowMs());
      const block = { cell, kind, ...await run(kind, records * recordMs, stopped) };
      if (stopped()) return blocks;
      blocks.push(block);
      onProgress?.(blocks.length / (cells.length * BLOCKS_OF_CELL));
    }
  }
  return blocks;
}
