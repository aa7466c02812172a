/**
 * Two ways of decoding against each other, in turns.
 *
 * @module
 */
import { nowMs } from "@tokenwatt/tokenwatt";
import type { Round } from "./statistics.ts";

/** The ids of an answer, and when each of them was there. */
export interface Answer {
  ids: number[];
  endsMs: number[];
}

/** A way of decoding. */
export interface Contestant {
  /** Answers the model's prompt: always the same, and always as long. */
  answer(): Promise<Answer>;
  /** Starts what is to go on during a block, beside the answers; absent: nothing. */
  during?: () => Promise<AsyncDisposable>;
}

/** How long a contest is. */
export interface ContestOptions {
  /** Undisturbed rounds to measure. */
  rounds: number;
  /** Rounds after which it ends, however many of them were disturbed. */
  mostRounds: number;
  /** When no further round begins, in epoch ms; default never. One is played in any case. */
  untilMs?: number;
  /** Decoding time of a block, at least. */
  blockMs: number;
  /** How long a block goes on before it is timed. */
  settleMs: number;
  /** The answer that both must give: who gives another does not do the same work. */
  expectedIds: readonly number[];
  /** Starts to watch the machine; what it returns tells the CPUs that others kept busy since. */
  watchForeignLoad: () => () => number;
  /** Called before every round. */
  onRound: (round: number) => void;
}

/** Who does other work cannot be compared. */
export class DifferentAnswers extends Error {}

/** From this many CPUs kept busy by others on, a round counts as disturbed. */
export const DISTURBED_CPUS = 0.1;

/**
 * Two contestants who take turns: rounds of two blocks a side, in the order base, subject, subject,
 * base, and the other way round in every second one. Throws where an answer is not as expected.
 */
export async function contest(
  base: Contestant,
  subject: Contestant,
  options: ContestOptions,
): Promise<Round[]> {
  for (const contestant of [base, subject, subject, base]) {
    checkAnswer((await contestant.answer()).ids, options.expectedIds); // and warms up
  }
  const rounds: Round[] = [];
  let undisturbed = 0;
  const { untilMs = Infinity } = options;
  while (undisturbed < options.rounds && rounds.length < options.mostRounds) {
    if (rounds.length > 0 && nowMs() >= untilMs) break;
    options.onRound(rounds.length);
    const round = rounds.length % 2 === 0
      ? await playRound(base, subject, options)
      : swapped(await playRound(subject, base, options));
    if (round.foreignCpus < DISTURBED_CPUS) undisturbed++;
    rounds.push(round);
  }
  return rounds;
}

async function playRound(
  base: Contestant,
  subject: Contestant,
  options: ContestOptions,
): Promise<Round> {
  const blocks: Block[] = [];
  for (const side of [base, subject, subject, base]) blocks.push(await playBlock(side, options));
  const [first, second, third, last] = blocks as [Block, Block, Block, Block];
  return {
    baseMs: [first.tokenMs, last.tokenMs],
    subjectMs: [second.tokenMs, third.tokenMs],
    foreignCpus: blocks.reduce((sum, block) => sum + block.foreignCpus, 0) / blocks.length,
  };
}

function swapped({ baseMs, subjectMs, foreignCpus }: Round): Round {
  return { baseMs: subjectMs, subjectMs: baseMs, foreignCpus };
}

function checkAnswer(ids: readonly number[], expected: readonly number[]): void {
  const at = expected.findIndex((id, index) => id !== ids[index]);
  if (at === -1 && ids.length === expected.length) return;
  throw new DifferentAnswers(
    `Cannot compare answers that differ: ${expected.length} and ${ids.length} tokens` +
      (at === -1 ? "" : `, token ${at} is ${expected[at]} and ${ids[at]}`),
  );
}

interface Block {
  /** The mean time of a decode step: from the first token of each answer, so without the prefill. */
  tokenMs: number;
  foreignCpus: number;
}

async function playBlock(contestant: Contestant, options: ContestOptions): Promise<Block> {
  await using _beside = await contestant.during?.() ?? null;
  const timedFromMs = nowMs() + options.settleMs;
  while (nowMs() < timedFromMs) await contestant.answer();
  const foreignCpus = options.watchForeignLoad();
  let durationMs = 0;
  let steps = 0;
  while (durationMs < options.blockMs) {
    const { endsMs } = await contestant.answer();
    durationMs += endsMs.at(-1)! - endsMs[0]!;
    steps += endsMs.length - 1;
  }
  return { tokenMs: durationMs / steps, foreignCpus: foreignCpus() };
}
