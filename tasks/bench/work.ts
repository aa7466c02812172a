/**
 * Work that is no decoding: two ways of doing the same, in turns.
 *
 * @module
 */
import { nowMs } from "@tokenwatt/tokenwatt";
import { watchForeignLoad } from "./foreign_load.ts";
import type { Goal, Round } from "./statistics.ts";

/** Does the work once, or as often as it takes to time it, and says how long once took, in ms. */
export type Work = () => number | Promise<number>;

/** Two ways, and what closes both. */
export interface WorkSides extends AsyncDisposable {
  base: Work;
  subject: Work;
}

/** A comparison of work. */
export interface WorkMeasure {
  name: string;
  /** What is divided by what. */
  title: string;
  /** What both are given. */
  given: string;
  /** `null` where the ratio is only told. */
  goal: Goal | null;
  /** Whether the two are alike, so that the ratio only shows how far chance goes; default `false`. */
  isChance?: boolean;
  /** Rounds of four turns. */
  rounds: number;
  /** Its share of the time; default 1. */
  weight?: number;
  /** Whether load from elsewhere disturbs it, and not a process of its own; default `true`. */
  watchesLoad?: boolean;
  /** Why it cannot be measured here; `null` where it can. */
  whyNot?(): Promise<string | null>;
  open(): Promise<WorkSides>;
}

/** Both warm up, then take turns in the order base, subject, subject, base, and the other way round. */
export async function workContest(
  { base, subject }: Pick<WorkSides, "base" | "subject">,
  { rounds, watchesLoad = true, untilMs = Infinity }:
    & Pick<WorkMeasure, "rounds" | "watchesLoad">
    & { untilMs?: number },
  onRound: (round: number) => void,
): Promise<Round[]> {
  await base();
  await subject();
  const played: Round[] = [];
  for (let round = 0; round < rounds; round++) {
    if (round > 0 && nowMs() >= untilMs) break;
    onRound(round);
    const foreignCpus = watchesLoad ? watchForeignLoad() : () => 0;
    const [outer, inner] = round % 2 === 0 ? [base, subject] : [subject, base];
    const first = await outer();
    const between: [number, number] = [await inner(), await inner()];
    const around: [number, number] = [first, await outer()];
    played.push({
      baseMs: round % 2 === 0 ? around : between,
      subjectMs: round % 2 === 0 ? between : around,
      foreignCpus: foreignCpus(),
    });
  }
  return played;
}
