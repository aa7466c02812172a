import assert from "node:assert/strict";
import { contest, type Contestant } from "../../tasks/bench/contest.ts";

const IDS = [5, 6, 7, 8];
const QUIET = {
  mostRounds: 9,
  blockMs: 1,
  settleMs: 0,
  expectedIds: IDS,
  watchForeignLoad: () => () => 0,
  onRound: () => {},
};

/** Pretends that each step of three takes `stepMs`, and logs its turns. */
function pretender(name: string, stepMs: number, log: string[], ids = IDS): Contestant {
  return {
    answer() {
      log.push(name);
      // The prefill takes 1000 ms, which no figure may hold.
      return Promise.resolve({ ids, endsMs: ids.map((_, index) => 1000 + index * stepMs) });
    },
  };
}

Deno.test("contest() warms both up, then takes turns in the order ABBA BAAB", async () => {
  const log: string[] = [];
  const rounds = await contest(pretender("A", 2, log), pretender("B", 3, log), {
    ...QUIET,
    rounds: 3,
    onRound: (round) => log.push(`${round}`),
  });
  assert.equal(log.join(""), "ABBA" + "0ABBA" + "1BAAB" + "2ABBA");
  assert.deepEqual(rounds, Array(3).fill({ baseMs: [2, 2], subjectMs: [3, 3], foreignCpus: 0 }));
});

Deno.test("contest() answers until a block is long enough", async () => {
  const log: string[] = [];
  const options = { ...QUIET, rounds: 1, blockMs: 10 };
  await contest(pretender("A", 2, log), pretender("B", 5, log), options);
  assert.equal(log.slice(4).join(""), "AA" + "B" + "B" + "AA");
});

Deno.test("contest() refuses an answer that is not as expected, of either side", async () => {
  const options = { ...QUIET, rounds: 1 };
  const good = pretender("A", 1, []);
  const against = (ids: number[]) => contest(good, pretender("B", 1, [], ids), options);
  await assert.rejects(against([5, 6, 9, 8]), /differ.*token 2 is 7 and 9/);
  await assert.rejects(against([5, 6, 7]), /4 and 3 tokens/);
  await assert.rejects(against([5, 6, 7, 8, 9]), /4 and 5 tokens$/);
  await assert.rejects(contest(pretender("B", 1, [], [1]), good, options), /4 and 1 tokens/);
});

Deno.test("contest() starts and ends what goes on during a block", async () => {
  const log: string[] = [];
  const subject = pretender("B", 1, log);
  subject.during = () => {
    log.push("(");
    return Promise.resolve({
      [Symbol.asyncDispose]() {
        log.push(")");
        return Promise.resolve();
      },
    });
  };
  const options = { ...QUIET, rounds: 1 };
  await contest(pretender("A", 1, log), subject, options);
  assert.equal(log.join(""), "ABBA" + "A(B)(B)A");
});

Deno.test("contest() measures disturbed rounds again, but not for ever", async () => {
  const played = async (loads: number[], mostRounds: number) => {
    let block = 0;
    const rounds = await contest(pretender("A", 1, []), pretender("B", 1, []), {
      ...QUIET,
      rounds: 2,
      mostRounds,
      // Four blocks a round.
      watchForeignLoad: () => () => loads[Math.floor(block++ / 4)]!,
    });
    return rounds.map(({ foreignCpus }) => foreignCpus);
  };
  assert.deepEqual(await played([0, 2, 1, 0, 9], 6), [0, 2, 1, 0]);
  assert.deepEqual(await played([1, 2, 3, 9], 3), [1, 2, 3]);
});

Deno.test("contest() begins no round when its time is over, but plays one", async () => {
  const options = { ...QUIET, rounds: 5, untilMs: 0 };
  const sides = [pretender("A", 1, []), pretender("B", 1, [])] as const;
  assert.equal((await contest(...sides, options)).length, 1);
  assert.equal((await contest(...sides, { ...options, untilMs: Infinity })).length, 5);
});

Deno.test("contest() leaves out of a block the time in which it settles", async () => {
  let answers = 0;
  const slowAtFirst: Contestant = {
    answer() {
      const stepMs = answers++ === 0 ? 100 : 1;
      return Promise.resolve({ ids: IDS, endsMs: IDS.map((_, index) => index * stepMs) });
    },
    during() {
      answers = 0;
      return Promise.resolve({ [Symbol.asyncDispose]: () => Promise.resolve() });
    },
  };
  const options = { ...QUIET, rounds: 1, settleMs: 5 };
  const [round] = await contest(pretender("A", 1, []), slowAtFirst, options);
  assert.deepEqual(round!.subjectMs, [1, 1]);
});
