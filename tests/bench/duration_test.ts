import assert from "node:assert/strict";
import { timeRounds } from "../../tasks/bench/duration.ts";

const played = async (loads: number[], options: { mostRounds?: number; untilMs?: number } = {}) => {
  let round = 0;
  let calls = 0;
  const rounds = await timeRounds(() => ({ ms: ++calls }), {
    rounds: 2,
    mostRounds: 6,
    untilMs: Infinity,
    watchForeignLoad: () => () => loads[round++]!,
    onRound: () => {},
    ...options,
  });
  return rounds.map(({ ms, foreignCpus }) => [ms, foreignCpus]);
};

Deno.test("timeRounds() warms up, and times disturbed rounds again, but not for ever", async () => {
  assert.deepEqual(await played([0, 0]), [[2, 0], [3, 0]]);
  assert.deepEqual(await played([1, 0, 2, 0]), [[2, 1], [3, 0], [4, 2], [5, 0]]);
  assert.deepEqual(await played([1, 2, 3], { mostRounds: 3 }), [[2, 1], [3, 2], [4, 3]]);
});

Deno.test("timeRounds() begins no round when its time is over, but times one", async () => {
  assert.deepEqual(await played([0, 0], { untilMs: 0 }), [[2, 0]]);
});
