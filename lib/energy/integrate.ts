import type { Blocks } from "./blocks.ts";
import { DRAWS, hashOf, mirrored, uniforms } from "./draws.ts";
import { AFTER, BEFORE, CUT, type Expectation, Expectations } from "./expectation.ts";
import { firstEndingAfter, type RailRecords, SAME_MS } from "./records.ts";
import { splitRecord } from "./split.ts";

/** A stretch of one record in one block, and the leaves that it touches. */
interface Piece {
  block: number;
  durationMs: number;
  leaves: { leaf: number; overlapMs: number }[];
}

/**
 * Deals the energy of one rail's records to the leaves, once for each joint draw.
 *
 * A record that lies in one block gives each leaf its share of the time. A record that a boundary
 * cuts is split first: see `splitRecord`.
 *
 * @param shiftsMs how far the true boundaries of all records lie behind the dated ones, by draw
 * @returns mJ, leaf by leaf, {@link DRAWS} values each
 */
export function integrate(
  records: RailRecords,
  blocks: Blocks,
  shiftsMs: Float64Array,
  seed: number,
): Float64Array {
  const energyMj = new Float64Array(blocks.leaves.length * DRAWS);
  const cutter = new Cutter(records, blocks);
  const expectations = new Expectations(
    records,
    cutter.wholeBlocks(),
    blocks.keys,
    seed,
    cutter.rootMeanMw(),
  );
  const { first, last } = cutter.range(shiftsMs);
  for (let index = first; index < last; index++) {
    const recordMj = records.energyMj[index] ?? NaN;
    if (Number.isNaN(recordMj)) continue;
    const rounding = mirrored(uniforms(hashOf(`${records.rail} ${index}`) ^ seed), "uniform");
    let pieces: Piece[] = [];
    let cutAtMs = NaN;
    for (let draw = 0; draw < DRAWS; draw++) {
      const shiftMs = shiftsMs[draw] ?? 0;
      if (shiftMs !== cutAtMs) pieces = cutter.pieces(index, cutAtMs = shiftMs);
      if (pieces.length === 0) continue;
      const drawnMj = (recordMj + records.roundingMj * (rounding[draw] ?? 0)) *
        cutter.stretch(index, pieces);
      const parts = pieces.length === 1 ? [drawnMj] : splitRecord(
        drawnMj,
        pieces.map((piece, order) => {
          const position = order === 0 ? "first" : order === pieces.length - 1 ? "last" : "middle";
          return drawn(expectations.of(index, piece.block, position), draw, piece.durationMs);
        }),
      );
      pieces.forEach((piece, order) => {
        for (const { leaf, overlapMs } of piece.leaves) {
          const at = leaf * DRAWS + draw;
          const share = (parts[order] ?? 0) * (overlapMs / piece.durationMs);
          energyMj[at] = (energyMj[at] ?? 0) + share;
        }
      });
    }
  }
  return energyMj;
}

function drawn(expectation: Expectation, draw: number, durationMs: number) {
  const { meanMw, errorMw, splitErrorMw, deviations } = expectation;
  return {
    durationMs,
    expectedMw: Math.max(0, meanMw + errorMw * (deviations[draw] ?? 0)),
    errorMw: splitErrorMw,
  };
}

/** Cuts records at the boundaries of blocks and leaves. */
class Cutter {
  readonly #startMs: number;
  readonly #endMs: number;
  readonly #leafEnds: Float64Array;

  constructor(readonly records: RailRecords, readonly blocks: Blocks) {
    this.#startMs = blocks.leaves[0]?.startMs ?? 0;
    this.#endMs = blocks.leaves.at(-1)?.endMs ?? 0;
    this.#leafEnds = Float64Array.from(blocks.leaves, (leaf) => leaf.endMs);
  }

  /** The records that touch the root in any draw. */
  range(shiftsMs: Float64Array): { first: number; last: number } {
    const reachMs = shiftsMs.reduce((most, shift) => Math.max(most, Math.abs(shift)), 0);
    const { startMs, endMs } = this.records;
    const first = firstEndingAfter(endMs, this.#startMs - reachMs);
    let last = first;
    while (last < startMs.length && (startMs[last] ?? Infinity) < this.#endMs + reachMs) last++;
    // Where draws move the window past the outermost records, these stand for what is beyond.
    return {
      first: Math.max(0, Math.min(first, startMs.length - 1)),
      last: Math.max(last, Math.min(first + 1, startMs.length)),
    };
  }

  /** For each record the block that it lies wholly in. */
  wholeBlocks(): Int32Array {
    return Int32Array.from(this.records.startMs, (startMs, index) => {
      const endMs = this.records.endMs[index] ?? startMs;
      if (endMs <= this.#startMs + SAME_MS) return BEFORE;
      if (startMs >= this.#endMs - SAME_MS) return AFTER;
      const pieces = this.pieces(index, 0, false).filter((piece) => piece.durationMs > SAME_MS);
      return pieces.length === 1 ? pieces[0]?.block ?? CUT : CUT;
    });
  }

  /** The mean power of the records that lie in the root; `null` where none does. */
  rootMeanMw(): number | null {
    let energyMj = 0;
    let durationMs = 0;
    const { startMs, endMs, energyMj: recordMj } = this.records;
    for (let index = firstEndingAfter(endMs, this.#startMs); index < endMs.length; index++) {
      const from = startMs[index] ?? 0;
      const to = endMs[index] ?? 0;
      const mj = recordMj[index] ?? NaN;
      if (to > this.#endMs + SAME_MS) break;
      if (from < this.#startMs - SAME_MS || Number.isNaN(mj)) continue;
      energyMj += mj;
      durationMs += to - from;
    }
    return durationMs > 0 ? energyMj / durationMs * 1000 : null;
  }

  /** How much longer than the record its pieces are: 1, but where it was extended. */
  stretch(index: number, pieces: readonly Piece[]): number {
    const covered = pieces.reduce((sum, piece) => sum + piece.durationMs, 0);
    return covered / ((this.records.endMs[index] ?? 0) - (this.records.startMs[index] ?? 0));
  }

  pieces(index: number, shiftMs: number, extend = true): Piece[] {
    const count = this.records.startMs.length;
    let startMs = (this.records.startMs[index] ?? 0) + shiftMs;
    let endMs = (this.records.endMs[index] ?? 0) + shiftMs;
    if (extend && index === 0) startMs = Math.min(startMs, this.#startMs);
    if (extend && index === count - 1) endMs = Math.max(endMs, this.#endMs);
    if (endMs <= this.#startMs || startMs >= this.#endMs) return [];
    const pieces: Piece[] = [];
    const add = (block: number, durationMs: number, leaf: number | null) => {
      if (durationMs <= 0) return;
      const previous = pieces.at(-1);
      const piece = previous?.block === block ? previous : { block, durationMs: 0, leaves: [] };
      if (piece !== previous) pieces.push(piece);
      piece.durationMs += durationMs;
      if (leaf !== null) piece.leaves.push({ leaf, overlapMs: durationMs });
    };
    add(BEFORE, this.#startMs - startMs, null);
    const { leaves } = this.blocks;
    for (let at = firstEndingAfter(this.#leafEnds, startMs); at < leaves.length; at++) {
      const leaf = leaves[at];
      if (!leaf || leaf.startMs >= endMs) break;
      add(leaf.block, Math.min(endMs, leaf.endMs) - Math.max(startMs, leaf.startMs), at);
    }
    add(AFTER, endMs - this.#endMs, null);
    return pieces;
  }
}
