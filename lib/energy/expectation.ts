import type { Cutter, Piece } from "./cut.ts";
import { followsOn, powerMw } from "./records.ts";
import { AFTER, BEFORE } from "./stretches.ts";

/** What the power of a piece is expected to be, and how far off that may be. */
export interface Expectation {
  meanMw: number;
  errorMw: number;
  /** What the deviation is drawn for: pieces of one key deviate alike, others each on its own. */
  key: string | null;
  /** How far each piece may be off by itself, where it has a key, too. */
  ownErrorMw?: number;
}

/** The key of what lies beside the root where records are batches; drawn alike on both sides. */
export const BESIDE = "beside";
/** Both ends of what is drawn must lie inside of the 95 % that are stated (1 / 0.95), and some way. */
const BESIDE_WIDENING = 1.1;

/** What the records that lie wholly in stretches of one key show of their power. */
interface Shown {
  meanMw: number;
  /** From one record to the next. */
  stepMw: number;
  /** Of one record from the mean of all. */
  spreadMw: number;
}

/** A record that lies wholly in one stretch. */
interface Whole {
  index: number;
  stretch: number;
}

/**
 * Before anything is seen, power is taken to vary by this much from one record to the next. Counts
 * as much as one pair of records, so that two that happen to agree do not promise certainty. Chosen
 * on 200 simulated runs, held against 1,800 others: tests/energy/truth_test.ts.
 */
const RELATIVE_PRIOR = 0.02;
/** How many records on each side of the root tell how steady the power around it is. */
const OUTSIDE_RECORDS = 2;
/**
 * What part of the variance between records comes from when their counters were read: assumed
 * (docs/decisions/interval-constants.md).
 */
const READING_SHARE = 1 / 3;

/** What the power in each stretch is expected to be, learned from the records wholly inside. */
export class Expectations {
  readonly #shown: ReadonlyMap<string, Shown>;
  readonly #insideMw: number;
  readonly #inside: Shown;

  constructor(readonly cutter: Cutter) {
    const { lowMs, highMs, nominalMs } = cutter.shifts;
    // Records that may hold part of what lies beside them teach only where there are no others.
    const perhaps = this.#recordsByKey(nominalMs, nominalMs);
    const surely = this.#recordsByKey(lowMs, highMs);
    this.#shown = new Map(
      Array.from([...perhaps, ...surely], ([key, whole]) => [key, this.#shownBy(whole)]),
    );
    this.#insideMw = this.#insideMeanMw();
    this.#inside = this.#shownInside();
  }

  /** The expectation for a piece of a record, when all records are shifted by `shiftMs`. */
  of(piece: Piece, shiftMs: number): Expectation {
    const { records, stretches } = this.cutter;
    const key = stretches[piece.stretch]?.key ?? "";
    const shown = this.#shown.get(key);
    const neighbour = this.#neighbour(piece, shiftMs);
    if (records.earlyMs && this.cutter.isOutside(piece)) {
      return this.#beside(piece, neighbour, shown);
    }
    if (!shown && neighbour === null) return this.#unknown(key);
    const meanMw = neighbour === null ? shown?.meanMw ?? 0 : powerMw(records, neighbour);
    const stepMw = shown?.stepMw ?? Math.abs(meanMw) * RELATIVE_PRIOR;
    const referenceMw = neighbour === null ? shown?.spreadMw ?? stepMw : stepMw;
    // The power of a short piece varies more than that of a whole record, as white noise does; and
    // counters read too early or late put into it, however short it is, energy of its neighbour.
    const recordMs = (records.endMs[piece.index] ?? NaN) - (records.startMs[piece.index] ?? NaN);
    const times = recordMs / (piece.toMs - piece.fromMs);
    const variance = stepMw ** 2 * (times + READING_SHARE * times ** 2) + referenceMw ** 2;
    return { meanMw, errorMw: Math.sqrt(variance), key: null };
  }

  /** The record beside the piece, where it lies wholly in the same stretch. */
  #neighbour({ index, stretch, side }: Piece, shiftMs: number): number | null {
    if (side === "middle") return null;
    const beside = side === "start" ? index - 1 : index + 1;
    if (!followsOn(this.cutter.records, Math.max(index, beside))) return null;
    return this.cutter.stretchOf(beside, shiftMs, shiftMs) === stretch ? beside : null;
  }

  /**
   * Outside of the root, beside a batch of some seconds, anything may have happened between what the
   * next batch shows, or else no power at all, and what the root does: `profile()` works there for a
   * few records only. A part of a batch also varies more than whole ones do, as white noise.
   */
  #beside(piece: Piece, neighbour: number | null, shown: Shown | undefined): Expectation {
    const { records } = this.cutter;
    const mw = neighbour === null ? shown?.meanMw ?? 0 : powerMw(records, neighbour);
    const { meanMw, spreadMw } = this.#inside;
    const batchMs = (records.endMs[piece.index] ?? NaN) - (records.startMs[piece.index] ?? NaN);
    return {
      meanMw: (mw + meanMw) / 2,
      errorMw: Math.abs(mw - meanMw) / 2 * BESIDE_WIDENING,
      key: BESIDE,
      ownErrorMw: spreadMw * Math.sqrt(batchMs / (piece.toMs - piece.fromMs)),
    };
  }

  /** No record lies wholly in such a stretch: the mean power, give or take all that was shown. */
  #unknown(key: string): Expectation {
    const { lowestMw, highestMw } = this.cutter.records;
    return { meanMw: this.#insideMw, errorMw: (highestMw - Math.max(0, lowestMw)) / 2, key };
  }

  #recordsByKey(lowMs: number, highMs: number): Map<string, Whole[]> {
    const { records, stretches } = this.cutter;
    const byKey = new Map<string, Whole[]>();
    records.energyMj.forEach((mj, index) => {
      const stretch = Number.isNaN(mj) ? -1 : this.cutter.stretchOf(index, lowMs, highMs);
      const key = stretches[stretch]?.key;
      if (key === undefined) return;
      const whole = byKey.get(key) ?? [];
      whole.push({ index, stretch });
      byKey.set(key, whole);
    });
    const before = byKey.get(BEFORE);
    const after = byKey.get(AFTER);
    if (before) byKey.set(BEFORE, before.slice(-OUTSIDE_RECORDS));
    if (after) byKey.set(AFTER, after.slice(0, OUTSIDE_RECORDS));
    return byKey;
  }

  #shownBy(whole: readonly Whole[]): Shown {
    const powers = whole.map(({ index }) => powerMw(this.cutter.records, index));
    const meanMw = powers.reduce((sum, mw) => sum + mw, 0) / powers.length;
    // Successive differences, so that a slow trend is not noise: von Neumann, 1941.
    const steps = whole.flatMap(({ index, stretch }, at) => {
      const next = whole[at + 1];
      if (next?.index !== index + 1 || next.stretch !== stretch) return [];
      return [(powers[at + 1]! - powers[at]!) / Math.SQRT2];
    });
    const prior = meanMw * RELATIVE_PRIOR;
    const stepMw = rootMeanSquare([prior, ...steps]);
    const spreadMw = rootMeanSquare([prior, ...powers.map((mw) => mw - meanMw)]);
    return { meanMw, stepMw, spreadMw: Math.max(stepMw, spreadMw) };
  }

  /** What the records that lie wholly in the root show; those that its ends cut hold other work, too. */
  #shownInside(): Shown {
    const { first, end } = this.cutter.touching();
    const { lowMs, highMs } = this.cutter.shifts;
    const { records, stretches } = this.cutter;
    const [rootStartMs, rootEndMs] = [stretches[0]?.endMs ?? 0, stretches.at(-1)?.startMs ?? 0];
    const whole: Whole[] = [];
    for (let index = first; index < end; index++) {
      const isWhole = !Number.isNaN(records.energyMj[index] ?? NaN) &&
        (records.startMs[index] ?? NaN) + lowMs >= rootStartMs &&
        (records.endMs[index] ?? NaN) + highMs <= rootEndMs;
      if (isWhole) whole.push({ index, stretch: 0 });
    }
    if (whole.length > 0) return this.#shownBy(whole);
    const spreadMw = this.#insideMw * RELATIVE_PRIOR;
    return { meanMw: this.#insideMw, stepMw: spreadMw, spreadMw };
  }

  /** The mean power of the records that touch the root. */
  #insideMeanMw(): number {
    const { records } = this.cutter;
    let energyMj = 0;
    let durationMs = 0;
    const { first, end } = this.cutter.touching();
    for (let index = first; index < end; index++) {
      const mj = records.energyMj[index] ?? NaN;
      if (Number.isNaN(mj)) continue;
      energyMj += mj;
      durationMs += records.endMs[index]! - records.startMs[index]!;
    }
    return durationMs > 0 ? energyMj / durationMs * 1000 : 0;
  }
}

function rootMeanSquare(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}
