/**
 * Where all measures have their turn, within a time that is dealt out among them.
 *
 * @module
 */
import { ProgressBar } from "../frame/mod.ts";
import {
  type BenchCase,
  type BenchModel,
  CASES,
  type ModelName,
  openBenchModel,
} from "./bench_models.ts";
import { contest, DifferentAnswers } from "./contest.ts";
import { type DurationMeasure, timeRounds } from "./duration.ts";
import { watchForeignLoad } from "./foreign_load.ts";
import type { Measure } from "./measure.ts";
import { compared, comparedWork, type Report, timed } from "./report.ts";
import { TimeBudget } from "./time_budget.ts";
import { tokenwatt } from "./tokenwatt.ts";
import { workContest, type WorkMeasure } from "./work.ts";

/** Rounds of each measure in a quick run. */
export const QUICK_ROUNDS = 8;
// Rounds that others disturb are measured again, up to as many times as rounds are wanted.
const MOST_TRIES = 3;

/** A model at a context, and what is measured on it. */
export interface Pair {
  one: BenchCase;
  measures: readonly Measure[];
}

/** A quick run has no time for long contexts, each round of which begins with long prefills. */
export function pairsOf(
  measures: readonly Measure[],
  { quick, model }: { quick: boolean; model: ModelName | undefined },
): Pair[] {
  const shortest = CASES[0]!.context;
  const cases = CASES.filter(({ name, context }) =>
    (!quick || context === shortest) && (model === undefined || name === model)
  );
  return cases.map((one) => ({
    one,
    measures: measures.filter(({ onAllContexts }) => onAllContexts || one.context === shortest)
      .filter(({ onlyModel = one.name }) => onlyModel === one.name),
  })).filter(({ measures }) => measures.length > 0);
}

/** What has its turn, and how long all of it may take. */
export interface Programme {
  pairs: readonly Pair[];
  works: readonly WorkMeasure[];
  durations: readonly DurationMeasure[];
  minutes: number;
  threads: number;
  quick: boolean;
}

/** Takes a measure's share of the time: until when it may go on, in epoch ms. */
type Deal = () => number;

type Played = Pick<Report, "comparisons" | "works" | "durations" | "leftOut">;

/** Plays a programme. */
export class Stage {
  readonly #programme: Programme;
  readonly #budget: TimeBudget;
  readonly #bar = new ProgressBar(false);
  readonly #played: Played = { comparisons: [], works: [], durations: [], leftOut: [] };
  readonly #total: number;
  #done = 0;

  /** The time begins now. */
  constructor(programme: Programme) {
    this.#programme = programme;
    const { pairs, works, durations, minutes } = programme;
    const alone = [...works, ...durations];
    this.#total = pairs.reduce((sum, { measures }) => sum + measures.length, alone.length);
    const weight = pairs.reduce(
      (sum, { one, measures }) =>
        measures.reduce((inner, measure) => inner + one.weight * measure.weight, sum),
      alone.reduce((sum, { weight = 1 }) => sum + weight, 0),
    );
    this.#budget = new TimeBudget(minutes * 60_000, weight);
  }

  /** Plays what leaves time over first: what follows has more of it then. */
  async play(): Promise<Played> {
    const { durations, works, pairs } = this.#programme;
    for (const measure of durations) await this.#one(measure, (deal) => this.#time(measure, deal));
    for (const measure of works) await this.#one(measure, (deal) => this.#work(measure, deal));
    for (const pair of pairs) await this.#decode(pair);
    this.#bar.clear();
    return this.#played;
  }

  /** Skips what cannot be measured here, and says why. Its time is dealt when it is open. */
  async #one(
    { name, weight = 1, whyNot }: Pick<Measure, "name" | "whyNot"> & { weight?: number },
    measure: (deal: Deal) => Promise<void>,
    where = "",
  ): Promise<void> {
    this.#draw(`${where}${name}: opening`);
    let untilMs: number | null = null;
    const deal = () => untilMs ??= this.#budget.next(weight);
    const reason = await whyNot?.() ?? null;
    if (reason === null) {
      // What went before is not lost to the failure of one.
      await measure(deal).catch((error) => this.#fail(name, error));
    } else {
      this.#leaveOut(name, reason);
    }
    deal(); // who had none leaves it to the others
    this.#done++;
  }

  async #time(measure: DurationMeasure, deal: Deal): Promise<void> {
    await using one = await measure.open();
    const rounds = this.#rounds(measure.rounds);
    const all = await timeRounds(one.timed, {
      rounds,
      mostRounds: MOST_TRIES * rounds,
      untilMs: deal(),
      watchForeignLoad: this.#watch(measure),
      onRound: (round) => this.#draw(measure.name, round, rounds),
    });
    this.#played.durations.push(timed(measure, one.chosen, all, rounds));
  }

  async #work(measure: WorkMeasure, deal: Deal): Promise<void> {
    await using sides = await measure.open();
    const rounds = this.#rounds(measure.rounds);
    const all = await workContest(
      sides,
      { ...measure, rounds, untilMs: deal() },
      (round) => this.#draw(measure.name, round, rounds),
    );
    this.#played.works.push(comparedWork(measure, all));
  }

  async #decode({ one, measures }: Pair): Promise<void> {
    const { threads } = this.#programme;
    const where = `${one.name} at ${one.context}: `;
    this.#draw(`${where}opening`);
    const model = await openBenchModel(one);
    const ids = await answerOf(model, threads);
    for (const measure of measures) {
      const weight = one.weight * measure.weight;
      await this.#one({ ...measure, weight }, async (deal) => {
        await using sides = await measure.open(model, ids, threads);
        const rounds = Math.min(this.#rounds(measure.rounds), one.mostRounds);
        const contested = contest(sides.base, sides.subject, {
          rounds,
          mostRounds: MOST_TRIES * rounds,
          untilMs: deal(),
          blockMs: measure.blockMs,
          settleMs: measure.settleMs,
          expectedIds: ids,
          watchForeignLoad: this.#watch(measure),
          onRound: (round) => this.#draw(`${where}${measure.name}`, round, rounds),
        });
        const all = await contested.catch((error) => {
          if (!(error instanceof DifferentAnswers)) throw error;
          this.#leaveOut(measure.name, `${where}${error.message}`);
          return null;
        });
        if (all !== null) this.#played.comparisons.push(compared(measure, one, all, rounds));
      }, where);
    }
  }

  #rounds(wanted: number): number {
    return this.#programme.quick ? Math.min(QUICK_ROUNDS, wanted) : wanted;
  }

  #watch({ watchesLoad = true }: { watchesLoad?: boolean }): () => () => number {
    return watchesLoad ? watchForeignLoad : () => () => 0;
  }

  #leaveOut(measure: string, reason: string): void {
    this.#bar.clear();
    console.error(`SKIPPED ${measure}: ${reason}`);
    this.#played.leftOut.push({ measure, reason, failed: false });
  }

  #fail(measure: string, error: unknown): void {
    this.#bar.clear();
    console.error(`FAILED ${measure}:`, error);
    const reason = error instanceof Error ? error.message : String(error);
    this.#played.leftOut.push({ measure, reason, failed: true });
  }

  #draw(what: string, round?: number, rounds = 1): void {
    const within = round === undefined ? 0 : Math.min(1, round / rounds);
    const label = round === undefined ? what : `${what}, round ${round + 1}`;
    this.#bar.draw(Math.min(1, (this.#done + within) / this.#total), label);
  }
}

async function answerOf(model: BenchModel, threads: number): Promise<number[]> {
  await using own = await tokenwatt(model, threads);
  return (await own.answer()).ids;
}
