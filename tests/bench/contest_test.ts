import assert from "node:assert/strict";
import { contest, type Contestant } from "../../tasks/bench/contest.ts";

/** Pretends that each step of three takes `stepMs`, and logs its turns. */
function pretender(
  name: string,
  stepMs: number,
  log: string[],
  ids = [5, 6, 7, 8],
): Contestant {
  return {
    answer() {
      log.push(name);
      // The prefill takes 1000 ms, which no figure may hold.
      return Promise.resolve({
        ids,
        endsMs: ids.map((_, index) => 1000 + index * stepMs),
      });
    },
  };
}

Deno.test("contest() takes turns in the order ABBA BAAB, after warming both up", async () => {
  const log: string[] = [];
  const rounds = await contest(pretender("A", 2, log), pretender("B", 3, log), {
    rounds: 2,
    blockMs: 1,
    onRound: (round) => log.push(`${round}`),
  });
  assert.equal(log.join(""), "ABAB" + "0ABBA" + "1BAAB");
  assert.deepEqual(
    rounds,
    Array(2).fill({ baseMs: [2, 2], subjectMs: [3, 3] }),
  );
});

Deno.test("contest() answers until a block is long enough", async () => {
  const log: string[] = [];
  const options = { rounds: 1, blockMs: 10, onRound: () => {} };
  await contest(pretender("A", 2, log), pretender("B", 5, log), options);
  assert.equal(log.slice(4).join(""), "AA" + "B" + "B" + "AA");
});

Deno.test("contest() refuses two that do not give the same answer", async () => {
  const options = { rounds: 1, blockMs: 1, onRound: () => {} };
  const against = (ids: number[]) =>
    contest(pretender("A", 1, []), pretender("B", 1, [], ids), options);
  await assert.rejects(against([5, 6, 9, 8]), /differ.*token 2 is 7 and 9/);
  await assert.rejects(against([5, 6, 7]), /4 and 3 tokens/);
  await assert.rejects(against([5, 6, 7, 8, 9]), /4 and 5 tokens/);
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
  await contest(pretender("A", 1, log), subject, {
    rounds: 1,
    blockMs: 1,
    onRound: () => {},
  });
  assert.equal(log.join(""), "ABAB" + "A(B)(B)A");
});
