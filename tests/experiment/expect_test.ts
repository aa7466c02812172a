import assert from "node:assert/strict";
import { compareRuns, type Comparison } from "../../lib/analysis/mod.ts";
import type { Expectation, Outcome } from "../../lib/experiment/mod.ts";
import { judgeExpectation, outcomeOf } from "../../lib/experiment/expect.ts";
import { madeRun } from "../analysis/made_runs.ts";
import { cases, normals, shareBounds } from "../analysis/normals.ts";

function outcome(expectation: Expectation, low: number | null, high: number | null): Outcome {
  const value = ((low ?? 1) + (high ?? 1)) / 2;
  const found = {
    ratio: { value, low, high, resolved: true },
    test: { name: "paired t", degrees: 5, p: 0.01 },
    metricName: "energy",
    b: { label: "B" },
  } as Comparison;
  return judgeExpectation("B", expectation, found, 1).outcome;
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

const WAVER = [0, 1, -1, 2, -2];
const OTHER = [2, -1, 0, -2, 1];

function arm(level: number, wavers: readonly number[] = WAVER) {
  return wavers.map((percent, pid) =>
    madeRun({ joules: level * (1 + 0.01 * percent), pid, prompt: "x" })
  );
}

Deno.test("an expectation turns a comparison that was made the other way round", () => {
  const comparison = compareRuns(arm(1.3), arm(1, OTHER), { labels: ["B", "A"] });
  const { outcome, message } = judgeExpectation("B", { moreThan: "A", by: 0.1 }, comparison, 1);
  assert.equal(outcome, "pass");
  assert.match(message, /^energy per token of B higher .*: shown \(B ÷ A is 1\.300, 1\.2/);
  assert.equal(judgeExpectation("A", { lessThan: "B" }, comparison, 1).outcome, "pass");
});

Deno.test("of several expectations each is judged by an interval that holds with all others", () => {
  const comparison = compareRuns(arm(1), arm(1.03, OTHER), { labels: ["A", "B"] });
  const { low } = comparison.ratio;
  const claim = { moreThan: "A", by: low! - 1 - 1e-6 };
  assert.equal(judgeExpectation("B", claim, comparison, 1).outcome, "pass");
  const { outcome, message } = judgeExpectation("B", claim, comparison, 3);
  assert.equal(outcome, "inconclusive");
  assert.match(message, / to [\d.]+, corrected for 3 expectations\)$/);
});

Deno.test("one of four expectations of arms that are alike is decided in at most 5 experiments of 100", () => {
  const normal = normals(7);
  const noisy = (label: number) =>
    Array.from(
      { length: 6 },
      (_, pid) =>
        madeRun({ joules: Math.exp(0.02 * normal()), pid: 10 * label + pid, prompt: "x" }),
    );
  const experiments = cases(2000);
  const decided = { alone: 0, jointly: 0 };
  for (let at = 0; at < experiments; at++) {
    const first = noisy(0);
    const comparisons = [1, 2, 3, 4].map((label) =>
      compareRuns(first, noisy(label), { labels: ["A", "B"] })
    );
    const anyOf = (count: number) =>
      comparisons.some((one) =>
        judgeExpectation("B", { lessThan: "A" }, one, count).outcome !== "inconclusive"
      );
    if (anyOf(1)) decided.alone++;
    if (anyOf(comparisons.length)) decided.jointly++;
  }
  const [, most] = shareBounds(0, 0.05, experiments);
  assert.ok(decided.jointly / experiments <= most, `${decided.jointly} of ${experiments}`);
  assert.ok(decided.alone / experiments > most, `${decided.alone} of ${experiments}`);
});
