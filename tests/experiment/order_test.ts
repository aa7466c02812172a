import assert from "node:assert/strict";
import { orderOf, seedOf } from "../../lib/experiment/order.ts";

const ARMS = ["A", "B", "C"];
const namesOf = (cells: { arm: string }[]) => cells.map(({ arm }) => arm).join("");

Deno.test("orderOf() runs every second round backwards, so that a drift weighs on all alike", () => {
  const cells = orderOf(ARMS, 4, "abba", 1);
  assert.equal(namesOf(cells), "ABCCBAABCCBA");
  const places = (arm: string) => cells.flatMap((cell, at) => cell.arm === arm ? [at] : []);
  const means = ARMS.map((arm) => places(arm).reduce((sum, at) => sum + at, 0) / 4);
  assert.equal(new Set(means).size, 1);
});

Deno.test("orderOf() gives random rounds that the seed repeats, each arm once in each", () => {
  const cells = orderOf(ARMS, 50, "random", 7);
  assert.deepEqual(cells, orderOf(ARMS, 50, "random", 7));
  assert.notDeepEqual(cells, orderOf(ARMS, 50, "random", 8));
  for (let round = 0; round < 50; round++) {
    const own = cells.filter((cell) => cell.round === round).map(({ arm }) => arm);
    assert.deepEqual(own.toSorted(), ARMS);
  }
  const seen = new Set(Map.groupBy(cells, ({ round }) => round).values().map(namesOf));
  assert.equal(seen.size, 6);
});

Deno.test("orderOf() only appends where an experiment is made longer", () => {
  for (const order of ["abba", "random"] as const) {
    const long = orderOf(ARMS, 9, order, 3);
    assert.deepEqual(orderOf(ARMS, 4, order, 3), long.slice(0, 12));
  }
});

Deno.test("seedOf() differs by cell and by the experiment's seed", () => {
  const cells = orderOf(["A", "B", "A again"], 100, "abba", 1);
  const seeds = cells.flatMap((cell) => [seedOf(cell, 1), seedOf(cell, 2)]);
  assert.equal(new Set(seeds).size, 600);
  assert.ok(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31));
});
