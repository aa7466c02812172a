import assert from "node:assert/strict";
import { TimeBudget } from "../../tasks/bench/time_budget.ts";

Deno.test("TimeBudget deals time by weight, and hands on what is left", () => {
  let now = 1000;
  const budget = new TimeBudget(100, 10, () => now);
  assert.equal(budget.next(1), 1010);
  now = 1010;
  assert.equal(budget.next(5), 1060);
  now = 1020; // it needed less
  assert.equal(budget.next(2), 1060);
  now = 1090; // it took more
  assert.equal(budget.next(2), 1100);
  now = 1200; // nothing is left, and nobody gets less than that
  assert.equal(budget.next(2), 1200);
});
