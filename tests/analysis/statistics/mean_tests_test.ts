import assert from "node:assert/strict";
import { testPaired, testUnpaired } from "../../../lib/analysis/statistics/mod.ts";
import { cases, normals, shareBounds } from "../normals.ts";
import { near } from "./near.ts";

// What scipy 1.17.1 makes of the same numbers.
const DIFFERENCES = [0.011, -0.004, 0.023, 0.008, 0.017, 0.002];
const A = [1.2, 1.31, 1.22, 1.4, 1.19];
const B = [1.35, 1.42, 1.29, 1.51];

Deno.test("testPaired() is the t-test, the Wilcoxon test and the permutation test of scipy", () => {
  const student = testPaired(DIFFERENCES);
  near(student.p, 0.0638498586531524);
  near(student.low, -0.0007983809469226284, 1e-6);
  near(student.high, 0.019798380946922628);
  near(testPaired(DIFFERENCES, "rank").p, 0.09375);
  near(testPaired(DIFFERENCES, "permutation").p, 0.09375);
  assert.equal(testPaired(DIFFERENCES, "rank").test, "Wilcoxon signed-rank");
});

Deno.test("testUnpaired() is the Welch test and the rank-sum test of scipy", () => {
  const welch = testUnpaired(A, B);
  near(welch.p, 0.08083315211875075);
  near(welch.degrees, 6.3833825818129375);
  near(welch.low, -0.02105780052760986);
  near(welch.high, 0.2780578005276104);
  near(testUnpaired(A, B, "rank").p, 1 / 9);
});

Deno.test("testPaired() knows no interval from one pair, and no doubt where nothing varies", () => {
  const one = testPaired([0.3]);
  assert.deepEqual([one.mean, one.low, one.high, one.p], [0.3, -Infinity, Infinity, null]);
  assert.equal(testPaired([0, 0, 0]).p, 1);
  assert.equal(testPaired([0.5, 0.5, 0.5]).p, 0);
  assert.equal(testUnpaired([1], [2]).p, null);
  assert.equal(testPaired([0, 0, 0], "rank").p, 1);
});

Deno.test("testPaired() counts signs only where there are few, and says which test it was", () => {
  const many = Array.from({ length: 40 }, (_, index) => Math.sin(index));
  assert.equal(testPaired(many, "permutation").test, "paired t");
  assert.equal(testPaired(many.slice(0, 20), "permutation").test, "paired permutation");
});

Deno.test("testPaired() finds 5 % where there is nothing, and holds the truth in 95 %", () => {
  const count = cases(6000);
  for (const kind of ["student", "permutation", "rank"] as const) {
    const normal = normals(11);
    let [held, found] = [0, 0];
    for (let trial = 0; trial < count; trial++) {
      const test = testPaired(Array.from({ length: 8 }, () => normal()), kind);
      if (test.low <= 0 && 0 <= test.high) held++;
      if ((test.p ?? 1) < 0.05) found++;
    }
    const [low, high] = shareBounds(0.95, 0.95, count);
    assert.ok(held / count > low && held / count < high, `${kind} held ${held / count}`);
    // Counted p-values come in steps of 1/128: 5 % is reached from below.
    const [least, most] = shareBounds(kind === "student" ? 0.05 : 0.035, 0.05, count);
    assert.ok(found / count > least && found / count < most, `${kind} found ${found / count}`);
  }
});
