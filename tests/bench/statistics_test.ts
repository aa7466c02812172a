import assert from "node:assert/strict";
import {
  estimate,
  judge,
  median,
  percentile,
  quietest,
  timeRatio,
} from "../../tasks/bench/statistics.ts";

Deno.test("median() is the middle value, and the mean of two middle ones", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 10, 2]), 3);
  assert.equal(median([100, 9, 8]), 9);
  assert.throws(() => median([]), /no values/);
});

Deno.test("percentile() is the least value that so many do not pass", () => {
  const upTo40 = Array.from({ length: 40 }, (_, index) => 40 - index);
  assert.equal(percentile(upTo40, 95), 38); // two of forty are above it
  assert.equal(percentile([7], 95), 7);
  assert.throws(() => percentile([], 95), /no values/);
});

Deno.test("timeRatio() is the subject's time over the base's, without a drift that is even", () => {
  assert.equal(timeRatio({ baseMs: [10, 10], subjectMs: [12, 12] }), 1.2);
  // Blocks in the order base, subject, subject, base, each 1 ms slower than the one before.
  assert.equal(timeRatio({ baseMs: [10, 13], subjectMs: [11, 12] }), 1);
});

Deno.test("quietest() chooses by what others did, never by the ratio", () => {
  const round = (ms: number, foreignCpus: number) => ({
    baseMs: [1, 1] as [number, number],
    subjectMs: [ms, ms] as [number, number],
    foreignCpus,
  });
  const rounds = [round(1, 0.3), round(9, 0), round(2, 2), round(3, 0.1)];
  assert.deepEqual(quietest(rounds, 2), [round(9, 0), round(3, 0.1)]);
  assert.equal(quietest(rounds, 9).length, 4);
});

Deno.test("estimate() takes the order statistics that bound a median with 95 %", () => {
  const upTo = (count: number) => Array.from({ length: count }, (_, index) => count - index);
  // Ranks of the sign test's interval, from tables of the binomial distribution.
  for (
    const [count, low, high] of [
      [6, 1, 6],
      [9, 2, 8],
      [20, 6, 15],
      [25, 8, 18],
      [60, 22, 39],
    ]
  ) {
    assert.deepEqual(estimate(upTo(count!)), {
      median: (count! + 1) / 2,
      low,
      high,
    });
  }
});

Deno.test("estimate() claims no interval for fewer than six values", () => {
  assert.deepEqual(estimate([1, 2, 3, 4, 5]), {
    median: 3,
    low: null,
    high: null,
  });
  assert.deepEqual(estimate([7]), { median: 7, low: null, high: null });
});

Deno.test("estimate() holds the true median in 95 of 100 cases, of a skewed distribution too", () => {
  const random = seeded(1);
  let held = 0;
  const draws = 4000;
  for (let draw = 0; draw < draws; draw++) {
    const values = Array.from({ length: 15 }, () => -Math.log(1 - random()));
    const { low, high } = estimate(values);
    if (low! <= Math.LN2 && Math.LN2 <= high!) held++;
  }
  // 96.5 % by the binomial distribution, with a standard error of 0.3 %.
  assert.ok(held / draws > 0.955 && held / draws < 0.975, `${held / draws}`);
});

Deno.test("judge() goes by the median, and is sure where the whole interval agrees", () => {
  const between = { median: 1.01, low: 0.99, high: 1.03 };
  assert.deepEqual(judge(between, { atMost: 1.02 }), {
    reached: true,
    sure: false,
  });
  assert.deepEqual(judge(between, { atMost: 1.05 }), {
    reached: true,
    sure: true,
  });
  assert.deepEqual(judge(between, { atMost: 0.98 }), {
    reached: false,
    sure: true,
  });
  assert.deepEqual(judge(between, { atLeast: 0.99 }), {
    reached: true,
    sure: true,
  });
  assert.deepEqual(judge(between, { atLeast: 1.02 }), {
    reached: false,
    sure: false,
  });
  const few = { median: 0.9, low: null, high: null };
  assert.deepEqual(judge(few, { atMost: 1.02 }), {
    reached: true,
    sure: false,
  });
});

function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}
