import { hashOf, mirrored, uniforms } from "./draws.ts";
import type { RailRecords } from "./records.ts";

/** Marks the time before and after the root, whose power its edge records hold too. */
export const BEFORE = -1;
/** See {@link BEFORE}. */
export const AFTER = -2;
/** A record that a boundary cuts. */
export const CUT = -3;

/** A power that a piece of a record is expected to have. */
export interface Expectation {
  meanMw: number;
  /** The spread in the draws. */
  errorMw: number;
  /** The spread that counts when the record's energy is split: 0 gives the rest to the others. */
  splitErrorMw: number;
  /** Deviations of each draw, in units of `errorMw`. */
  deviations: Float64Array;
}

/** Powers closer than this to their neighbour are not known: a meter's own noise. */
const RELATIVE_FLOOR = 0.02;
/** With a single record there is no spread to see. */
const RELATIVE_UNKNOWN = 0.2;

/** What each block's power is expected to be, learned from the records that lie wholly in it. */
export class Expectations {
  readonly #byKey = new Map<string, { meanMw: number; errorMw: number }>();
  readonly #rootMeanMw: number | null;
  readonly #drawn = new Map<string, Float64Array>();

  /** `wholeBlock[i]` is the block that record i lies wholly in, or {@link CUT}. */
  constructor(
    readonly records: RailRecords,
    readonly wholeBlock: Int32Array,
    readonly keys: readonly string[],
    readonly seed: number,
    rootMeanMw: number | null,
  ) {
    this.#rootMeanMw = rootMeanMw;
    const powersByKey = new Map<string, number[]>();
    wholeBlock.forEach((block, index) => {
      const powerMw = this.#powerMw(index);
      if (block === CUT || powerMw === null) return;
      const key = this.#keyOf(block);
      const powers = powersByKey.get(key) ?? [];
      powers.push(powerMw);
      powersByKey.set(key, powers);
    });
    for (const [key, powers] of powersByKey) this.#byKey.set(key, spreadOf(powers));
  }

  /** The expectation for the piece of record `index` that lies in `block`. */
  of(index: number, block: number, position: "first" | "middle" | "last"): Expectation {
    const key = this.#keyOf(block);
    const known = this.#byKey.get(key);
    if (!known) return this.#unknown(key);
    const neighbour = position === "middle" ? null : position === "first" ? index - 1 : index + 1;
    const neighbourMw = neighbour !== null && this.wholeBlock[neighbour] === block
      ? this.#powerMw(neighbour)
      : null;
    return {
      meanMw: neighbourMw ?? known.meanMw,
      errorMw: known.errorMw,
      // Outside the root the neighbour's power is taken as it is (design, section 7, method 1).
      splitErrorMw: block < 0 ? 0 : known.errorMw,
      deviations: this.#draws(`${index} ${position} ${block}`, "normal"),
    };
  }

  /** No record lies wholly in such a block: its share of time, give or take all that was shown. */
  #unknown(key: string): Expectation {
    const { lowestMw, highestMw } = this.records;
    const halfMw = (highestMw - lowestMw) / 2;
    return {
      meanMw: this.#rootMeanMw ?? lowestMw + halfMw,
      errorMw: halfMw,
      splitErrorMw: halfMw / Math.sqrt(3),
      deviations: this.#draws(key, "uniform"),
    };
  }

  #draws(name: string, shape: "normal" | "uniform"): Float64Array {
    const drawn = this.#drawn.get(name) ??
      mirrored(uniforms(hashOf(`${this.records.rail} ${name}`) ^ this.seed), shape);
    this.#drawn.set(name, drawn);
    return drawn;
  }

  #keyOf(block: number): string {
    return block === BEFORE ? "before" : block === AFTER ? "after" : this.keys[block] ?? "";
  }

  #powerMw(index: number): number | null {
    const { startMs, endMs, energyMj } = this.records;
    const mj = energyMj[index];
    if (mj === undefined || Number.isNaN(mj)) return null;
    return mj / ((endMs[index] ?? NaN) - (startMs[index] ?? NaN)) * 1000;
  }
}

/** Mean and record-to-record spread: successive differences, so that a slow trend is not noise. */
function spreadOf(powersMw: readonly number[]): { meanMw: number; errorMw: number } {
  const meanMw = powersMw.reduce((sum, mw) => sum + mw, 0) / powersMw.length;
  if (powersMw.length === 1) return { meanMw, errorMw: Math.abs(meanMw) * RELATIVE_UNKNOWN };
  // von Neumann's mean square successive difference, 1941.
  const squares = powersMw.slice(1).map((mw, index) => (mw - (powersMw[index] ?? mw)) ** 2);
  const variance = squares.reduce((sum, square) => sum + square, 0) / (2 * squares.length);
  return { meanMw, errorMw: Math.max(Math.sqrt(variance), Math.abs(meanMw) * RELATIVE_FLOOR) };
}
