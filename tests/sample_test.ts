import assert from "node:assert/strict";
import { meanOf, quantileOf, sumOver, varianceOf } from "../lib/sample.ts";

Deno.test("quantileOf() is what NumPy's percentile() gives, also between values", () => {
  const sorted = [1, 2, 4, 8]; // numpy.percentile([1, 2, 4, 8], [0, 5, 25, 50, 95, 100])
  const expected = [[0, 1], [0.05, 1.15], [0.25, 1.75], [0.5, 3], [0.95, 7.4], [1, 8]] as const;
  for (const values of [sorted, Float64Array.from(sorted)]) {
    for (const [fraction, value] of expected) {
      assert.ok(Math.abs(quantileOf(values, fraction) - value) < 1e-12, `${fraction}`);
    }
  }
  assert.equal(quantileOf([3], 0.99), 3);
  assert.ok(Number.isNaN(quantileOf([], 0.5)));
});

Deno.test("meanOf(), varianceOf() and sumOver() say NaN of what they cannot tell, and 0 of no sum", () => {
  assert.equal(meanOf([1, 2, 6]), 3);
  assert.equal(varianceOf([1, 2, 6]), 7);
  assert.equal(sumOver([1, 2], (value, index) => value * index), 2);
  assert.equal(sumOver([], () => 1), 0);
  assert.ok(Number.isNaN(meanOf([])) && Number.isNaN(varianceOf([1])));
});
