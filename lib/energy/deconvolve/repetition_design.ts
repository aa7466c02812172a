import type { TimedToken } from "../groups.ts";
import type { RailRecords } from "../records.ts";
import { NormalEquations } from "./normal_equations.ts";
import { type Noise, WHITE } from "./record_noise.ts";

/** What some of the repetitions say of the tokens' powers: N·p = b, in mW and mJ. */
export interface Equations {
  matrix: NormalEquations;
  right: Float64Array;
  /** Σ y². */
  squares: number;
  /** How many records that is. */
  count: number;
}

/** Four parts that share no record: of even and odd repetitions, of the first half and the second. */
type Quarters = readonly [Equations, Equations, Equations, Equations];

/** A record as an equation: how long each unknown lasted in it, and its energy. */
interface Row {
  columns: number[];
  /** Seconds, so that × mW is mJ. */
  seconds: number[];
  mj: number;
  /** Which of the {@link Quarters} it belongs to. */
  quarter: number;
  /** Whether it touches the record before it. */
  follows: boolean;
}

/** What is still felt of an earlier record's error is left out below this. */
const FORGOTTEN = 0.003;

/**
 * The records of whole generations, repeated, as equations: each token draws the same power in every
 * repetition, and so does what lies between the last token of one and the first of the next.
 *
 * Unknown `i` is token `i`; the one after the last token is all the rest.
 */
export class RepetitionDesign {
  readonly #rows: Row[];
  readonly #tokens: number;

  /**
   * @param repetitions the same number of tokens in each
   * @param shiftMs how far the records lie behind their dates
   */
  constructor(
    repetitions: readonly (readonly TimedToken[])[],
    records: RailRecords,
    shiftMs: number,
  ) {
    this.#tokens = repetitions[0]?.length ?? 0;
    this.#rows = rowsOf(piecesOf(repetitions), records, shiftMs);
  }

  /** How many records touch each token. */
  supports(): Int32Array {
    const supports = new Int32Array(this.#tokens);
    for (const { columns } of this.#rows) {
      for (const column of columns) supports[column]! += 1;
    }
    return supports;
  }

  /** What a solution leaves of each record, in mJ; NaN between records that do not touch. */
  leftOver(powersMw: Float64Array): number[] {
    return this.#rows.flatMap(({ columns, seconds, mj, follows }) => {
      const left = columns.reduce(
        (rest, column, i) => rest - seconds[i]! * powersMw[column]!,
        mj,
      );
      return follows ? [left] : [NaN, left];
    });
  }

  /** The normal equations of each quarter, with errors on their own. */
  quarters(noise: Noise = WHITE): Quarters {
    const filtered = Array.from(this.#filtered(noise));
    const first = Int32Array.from({ length: this.#tokens + 1 }, (_, row) => row);
    for (const { columns } of filtered) {
      const least = columns[0] ?? 0;
      for (const column of columns) first[column] = Math.min(first[column] ?? column, least);
    }
    const none = (): Equations => ({
      matrix: new NormalEquations(first),
      right: new Float64Array(first.length),
      squares: 0,
      count: 0,
    });
    const quarters: Quarters = [none(), none(), none(), none()];
    for (const { columns, seconds, mj, quarter } of filtered) {
      const into = quarters[quarter] ?? quarters[0];
      into.matrix.addOuter(columns, seconds);
      columns.forEach((column, i) => into.right[column]! += seconds[i]! * mj);
      into.squares += mj * mj;
      into.count++;
    }
    return quarters;
  }

  /** Each equation less what those before it tell of its error. */
  *#filtered({ phi, theta }: Noise): Generator<Row> {
    const values = new Float64Array(this.#tokens + 1);
    const add = ({ columns, seconds }: Row, times: number) =>
      columns.forEach((column, i) => values[column] = values[column]! + times * seconds[i]!);
    let mj = 0;
    let before: Row | null = null;
    for (const row of this.#rows) {
      const keep = row.follows ? theta : 0;
      for (let column = 0; column < values.length; column++) values[column]! *= keep;
      mj = mj * keep + row.mj;
      add(row, 1);
      if (row.follows && before) {
        add(before, -phi);
        mj -= phi * before.mj;
      }
      before = row;
      const least = FORGOTTEN * Math.max(...row.seconds);
      const felt: number[] = [];
      for (let column = 0; column < values.length; column++) {
        if (Math.abs(values[column]!) > least) felt.push(column);
        else values[column] = 0;
      }
      yield { ...row, columns: felt, seconds: felt.map((column) => values[column]!), mj };
    }
  }
}

/** What several parts say together. */
export function together(parts: readonly [Equations, ...Equations[]]): Equations {
  return parts.reduce((sum, part) => ({
    matrix: sum.matrix.plus(part.matrix),
    right: sum.right.map((value, i) => value + part.right[i]!),
    squares: sum.squares + part.squares,
    count: sum.count + part.count,
  }));
}

/** A stretch of time in which one unknown draws its power. */
interface Piece {
  column: number;
  quarter: number;
  startMs: number;
  endMs: number;
}

/** All of the time from the first token of the first repetition to the last of the last. */
function piecesOf(repetitions: readonly (readonly TimedToken[])[]): Piece[] {
  const pieces: Piece[] = [];
  let reachedMs = repetitions[0]?.[0]?.startMs ?? 0;
  repetitions.forEach((tokens, repetition) => {
    const quarter = repetition % 2 + (2 * repetition < repetitions.length ? 0 : 2);
    tokens.forEach(({ startMs, endMs }, column) => {
      if (startMs > reachedMs) {
        pieces.push({ column: tokens.length, quarter, startMs: reachedMs, endMs: startMs });
      }
      pieces.push({ column, quarter, startMs: Math.max(startMs, reachedMs), endMs });
      reachedMs = Math.max(reachedMs, endMs);
    });
  });
  return pieces;
}

/** The records that lie wholly in that time. */
function rowsOf(pieces: readonly Piece[], records: RailRecords, shiftMs: number): Row[] {
  const rows: Row[] = [];
  const beginMs = pieces[0]?.startMs ?? 0;
  const finishMs = pieces.at(-1)?.endMs ?? 0;
  let at = 0;
  let last = -2;
  records.energyMj.forEach((mj, index) => {
    const startMs = records.startMs[index]! + shiftMs;
    const endMs = records.endMs[index]! + shiftMs;
    if (Number.isNaN(mj) || startMs < beginMs || endMs > finishMs) return;
    while ((pieces[at]?.endMs ?? Infinity) <= startMs) at++;
    const held = new Map<number, number>();
    const middleMs = (startMs + endMs) / 2;
    let quarter = 0;
    for (let i = at; (pieces[i]?.startMs ?? Infinity) < endMs; i++) {
      const piece = pieces[i];
      if (!piece) break;
      const seconds = (Math.min(endMs, piece.endMs) - Math.max(startMs, piece.startMs)) / 1000;
      held.set(piece.column, (held.get(piece.column) ?? 0) + Math.max(0, seconds));
      if (piece.startMs <= middleMs) quarter = piece.quarter;
    }
    const columns = [...held.keys()].sort((a, b) => a - b);
    const seconds = columns.map((column) => held.get(column) ?? 0);
    rows.push({ columns, seconds, mj, quarter, follows: last === index - 1 });
    last = index;
  });
  return rows;
}
