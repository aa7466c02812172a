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
  /** The answer that both must give: who gives another does not do the same work. */
  expectedIds: readonly number[];
  /** Called before every round. */
  onRound: (round: number) => void;
}

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
  for (let round = 0; round < options.rounds; round++) {
    options.onRound(round);
    const isEven = round % 2 === 0;
    const [outer, inner] = isEven ? [base, subject] : [subject, base];
    const block = (contestant: Contestant) => tokenMs(contestant, options.blockMs);
    const first = await block(outer);
    const inside: [number, number] = [await block(inner), await block(inner)];
    const outside: [number, number] = [first, await block(outer)];
    rounds.push(
      isEven ? { baseMs: outside, subjectMs: inside } : { baseMs: inside, subjectMs: outside },
    );
  }
  return rounds;
}

function checkAnswer(ids: readonly number[], expected: readonly number[]): void {
  const at = expected.findIndex((id, index) => id !== ids[index]);
  if (at === -1 && ids.length === expected.length) return;
  throw new Error(
    `Cannot compare answers that differ: ${expected.length} and ${ids.length} tokens` +
      (at === -1 ? "" : `, token ${at} is ${expected[at]} and ${ids[at]}`),
  );
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
