/**
 * Work that has no natural opponent: how long it takes, against a budget.
 *
 * @module
 */
import { nowMs } from "@tokenwatt/tokenwatt";
import { DISTURBED_CPUS } from "./contest.ts";

/** What one round took. */
export interface Taken {
  ms: number;
  /** The most memory of its process, where that is told. */
  peakBytes?: number;
}

/** Does the work once. */
export type Timed = () => Taken | Promise<Taken>;

/** What is timed, and what closes it. */
export interface Opened extends AsyncDisposable {
  timed: Timed;
  /** What was chosen when it was opened, where the title leaves that open. */
  chosen?: string;
}

/** A duration. */
export interface DurationMeasure {
  name: string;
  /** What is timed. */
  title: string;
  /** What it is given. */
  given: string;
  /** The most that it is to take; `null` where it is only told. */
  budgetMs: number | null;
  /** Undisturbed rounds. */
  rounds: number;
  /** Its share of the time; default 1. */
  weight?: number;
  /** Whether load from elsewhere disturbs it, and not a process of its own; default `true`. */
  watchesLoad?: boolean;
  /** Why it cannot be measured here; `null` where it can. */
  whyNot?(): Promise<string | null>;
  open(): Promise<Opened>;
}

/** A round, and the CPUs that other processes kept busy meanwhile, on average. */
export interface TimedRound extends Taken {
  foreignCpus: number;
}

/** How long it goes on. */
export interface TimingOptions {
  /** Undisturbed rounds to time. */
  rounds: number;
  /** Rounds after which it ends, however many of them were disturbed. */
  mostRounds: number;
  /** When no further round begins, in epoch ms. One is timed in any case. */
  untilMs: number;
  /** As `watchForeignLoad()` has it. */
  watchForeignLoad: () => () => number;
  /** Called before every round. */
  onRound: (round: number) => void;
}

/** Does the work once to warm up, and then as often as wanted. */
export async function timeRounds(timed: Timed, options: TimingOptions): Promise<TimedRound[]> {
  await timed();
  const rounds: TimedRound[] = [];
  let undisturbed = 0;
  while (undisturbed < options.rounds && rounds.length < options.mostRounds) {
    if (rounds.length > 0 && nowMs() >= options.untilMs) break;
    options.onRound(rounds.length);
    const foreignCpus = options.watchForeignLoad();
    const round = { ...await timed(), foreignCpus: foreignCpus() };
    if (round.foreignCpus < DISTURBED_CPUS) undisturbed++;
    rounds.push(round);
  }
  return rounds;
}

/** Something to be timed that has nothing to close. */
export function opened(work: () => unknown, chosen?: string): Opened {
  return {
    async timed() {
      const startMs = nowMs();
      await work();
      return { ms: nowMs() - startMs };
    },
    ...(chosen === undefined ? {} : { chosen }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
