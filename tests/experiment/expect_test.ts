import assert from "node:assert/strict";
import type { Comparison } from "../../lib/analysis/mod.ts";
import type { Expectation, Outcome } from "../../lib/experiment/mod.ts";
import { judgeExpectation, outcomeOf } from "../../lib/experiment/expect.ts";

function outcome(expectation: Expectation, low: number | null, high: number | null): Outcome {
  const value = ((low ?? 1) + (high ?? 1)) / 2;
  const found = { ratio: { value, low, high, resolved: true }, metricName: "energy" } as Comparison;
  return judgeExpectation("B", expectation, found).outcome;
}

Deno.test("an expectation passes or fails only where the whole interval does", () => {
  const less = { lessThan: "A", by: 0.1 };
  assert.equal(outcome(less, 0.8, 0.89), "pass");
  assert.equal(outcome(less, 0.85, 0.91), "inconclusive");
  assert.equal(outcome(less, 0.91, 0.95), "fail");
  const more = { moreThan: "A" };
  assert.equal(outcome(more, 1.01, 1.2), "pass");
  assert.equal(outcome(more, 0.99, 1.2), "inconclusive");
  assert.equal(outcome(more, 0.9, 0.99), "fail");
  const same = { sameAs: "A" };
  assert.equal(outcome(same, 0.96, 1.04), "pass");
  assert.equal(outcome(same, 0.9, 1.04), "inconclusive");
  assert.equal(outcome(same, 1.06, 1.2), "fail");
  assert.equal(outcome(same, 0.5, 0.94), "fail");
  assert.equal(outcome(same, 0.5, 1.5), "inconclusive");
});

Deno.test("an expectation is open where nothing bounds the interval", () => {
  for (const claim of [{ lessThan: "A" }, { moreThan: "A" }, { sameAs: "A" }]) {
    assert.equal(outcome(claim, null, null), "inconclusive");
  }
});

Deno.test("outcomeOf() is failed by one, left open by one, and null of none", () => {
  assert.equal(outcomeOf([]), null);
  assert.equal(outcomeOf(["pass", "pass"]), "pass");
  assert.equal(outcomeOf(["pass", "inconclusive"]), "inconclusive");
  assert.equal(outcomeOf(["inconclusive", "fail", "pass"]), "fail");
});
