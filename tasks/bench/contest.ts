/**
 * Two ways of decoding against each other, in turns.
 *
 * @module
 */
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
  rounds: number;
  /** Decoding time of a block, at least. */
  blockMs: number;
  /** Called before every round. */
  onRound: (round: number) => void;
}

/**
 * Runs the rounds, each of two blocks a side: base, subject, subject, base, and the other way round
 * in every second one. Throws where the two do not give the same answer, as then they do not do the
 * same work.
 */
export async function contest(
  base: Contestant,
  subject: Contestant,
  options: ContestOptions,
): Promise<Round[]> {
  await warmUp(base, subject);
  const rounds: Round[] = [];
  for (let round = 0; round < options.rounds; round++) {
    options.onRound(round);
    const [outer, inner] = round % 2 === 0 ? [base, subject] : [subject, base];
    const block = (contestant: Contestant) => tokenMs(contestant, options.blockMs);
    const first = await block(outer);
    const inside: [number, number] = [await block(inner), await block(inner)];
    const outside: [number, number] = [first, await block(outer)];
    rounds.push(
      round % 2 === 0
        ? { baseMs: outside, subjectMs: inside }
        : { baseMs: inside, subjectMs: outside },
    );
  }
  return rounds;
}

async function warmUp(base: Contestant, subject: Contestant): Promise<void> {
  for (let i = 0; i < 2; i++) {
    const [expected, found] = [(await base.answer()).ids, (await subject.answer()).ids];
    const at = expected.findIndex((id, index) => id !== found[index]);
    if (at !== -1 || expected.length !== found.length) {
      throw new Error(
        `Cannot compare two answers that differ: ${expected.length} and ${found.length} tokens, ` +
          `token ${at} is ${expected[at]} and ${found[at]}`,
      );
    }
  }
}

/** The mean time of a decode step: from the first token of each answer, so without the prefill. */
async function tokenMs(contestant: Contestant, leastMs: number): Promise<number> {
  await using _beside = await contestant.during?.() ?? null;
  let durationMs = 0;
  let steps = 0;
  while (durationMs < leastMs) {
    const { endsMs } = await contestant.answer();
    durationMs += endsMs.at(-1)! - endsMs[0]!;
    steps += endsMs.length - 1;
  }
  return durationMs / steps;
}
