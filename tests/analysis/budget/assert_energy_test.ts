import assert from "node:assert/strict";
import { assertEnergy, assertNoRegression, type RunRecord } from "../../../lib/analysis/mod.ts";
import { madeArm, madeRun } from "../made_runs.ts";
import { cases, normals } from "../normals.ts";

/** What was warned of meanwhile. */
function warnings(work: () => void): string[] {
  const said: string[] = [];
  const { warn } = console;
  console.warn = (...words: unknown[]) => void said.push(words.join(" "));
  try {
    work();
  } finally {
    console.warn = warn;
  }
  return said;
}

const limit = (max: number) => ({ joulesPerToken: { max, confidence: 0.95 } });

Deno.test("assertEnergy() fails only where a run is surely above its budget", () => {
  const run = madeRun({ joules: 0.2, half: 0.05 });
  const outcomes = (max: number) => {
    let outcome = "";
    const said = warnings(() => outcome = assertEnergy(run, limit(max))[0]!.outcome);
    return [outcome, said.length];
  };
  assert.deepEqual(outcomes(0.25), ["met", 0]);
  assert.deepEqual(outcomes(0.201), ["inconclusive", 1]);
  assert.deepEqual(outcomes(0.199), ["inconclusive", 1]);
  assert.throws(() => assertEnergy(run, limit(0.15)), (error) => {
    assert.ok(error instanceof assert.AssertionError);
    assert.match(
      error.message,
      /^Energy budget exceeded: energy per token is 0\.2 J \(0\.19\d to 0\.20\d at 95 %\), the budget 0\.15 J; this process only$/,
    );
    assert.deepEqual([error.actual, error.expected], [0.2, 0.15]);
    return true;
  });
});

Deno.test("assertEnergy() does with what cannot be decided as it is told", () => {
  const run = madeRun({ joules: 0.2, half: null });
  assert.throws(() => assertEnergy(run, limit(0.1), { inconclusive: "fail" }), /^.*Inconclusive: /);
  assert.deepEqual(warnings(() => assertEnergy(run, limit(0.1), { inconclusive: "pass" })), []);
  const [said] = warnings(() => assertEnergy(madeRun({ joules: null }), limit(0.1)));
  assert.equal(said, "Inconclusive: energy per token was not measured in 1 runs");
  assert.throws(() => assertEnergy(run, limit(0)), RangeError);
  assert.throws(
    () => assertEnergy(run, { joulesPerToken: { max: 1, confidence: 95 } }),
    RangeError,
  );
});

Deno.test("assertEnergy() takes the ends of an estimate as they are", () => {
  const run = madeRun({ joules: 0.2, half: 0.5, kind: "estimated" });
  // At 95 % to one side, measured ends would be 0.116 and 0.284.
  const { outcome, high } = assertEnergy(run, limit(0.29), { inconclusive: "pass" })[0]!;
  assert.equal(outcome, "inconclusive");
  assert.ok(Math.abs(high! - 0.3) < 1e-9);
  assert.throws(() => assertEnergy(run, limit(0.09)), assert.AssertionError);
});

Deno.test("assertEnergy() fails one process in twenty at most that is at its budget", () => {
  const normal = normals(2);
  const count = cases(3000);
  let failed = 0;
  for (let time = 0; time < count; time++) {
    const runs = madeArm({
      processes: 5,
      prompts: 1,
      level: 0.2,
      between: 0.03,
      within: 0.01,
      normal,
    });
    try {
      assertEnergy(runs, limit(0.2), { inconclusive: "pass" });
    } catch {
      failed++;
    }
  }
  assert.ok(failed / count < 0.05 + 3.29 * Math.sqrt(0.05 * 0.95 / count), `${failed / count}`);
  assert.ok(failed > 0);
});

const arm = (level: number, seed: number, more = {}): RunRecord[] =>
  madeArm({
    processes: 6,
    prompts: 2,
    level,
    between: 0.01,
    within: 0.005,
    normal: normals(seed),
    ...more,
  });

Deno.test("assertNoRegression() fails only where runs are surely worse than is allowed", () => {
  const before = arm(0.2, 1);
  assert.equal(assertNoRegression(arm(0.2, 2), before).outcome, "met");
  assert.equal(assertNoRegression(arm(0.15, 2), before).outcome, "met");
  assert.throws(() => assertNoRegression(arm(0.25, 2), before), (error) => {
    assert.ok(error instanceof assert.AssertionError);
    assert.match(
      error.message,
      /^Regression: energy per token changed by \+2\d[\d.]* % .*, \+5 % is/,
    );
    return true;
  });
  assert.equal(assertNoRegression(arm(0.25, 2), before, { tolerance: 0.5 }).outcome, "met");
  const [said] = warnings(() => assertNoRegression(arm(0.21, 2), before));
  assert.match(said!, /^Inconclusive: energy per token changed by \+/);
  assert.throws(
    () => assertNoRegression(arm(0.21, 2), before, { inconclusive: "fail" }),
    /Inconclusive/,
  );
  assert.throws(() => assertNoRegression(before, before, { tolerance: -1 }), RangeError);
});

Deno.test("assertNoRegression() knows that of a rate more is better", () => {
  const of = (rate: number) =>
    [1, 2, 3, 4, 5, 6].map((pid) => madeRun({ pid, tokensPerSecond: rate * (1 + pid / 1000) }));
  const check = (rate: number) =>
    assertNoRegression(of(rate), of(50), { metric: "tokensPerSecond" });
  assert.equal(check(80).outcome, "met");
  assert.throws(
    () => check(40),
    /Regression: time by token \(from tokens per second\) changed by \+25 %/,
  );
});

Deno.test("assertEnergy() leaves out invalid runs, their limits too", () => {
  const findings: RunRecord["findings"] = [{
    kind: "stuck-rail",
    severity: "invalid",
    value: 100,
    unit: "%",
    message: "",
    remedy: "",
  }];
  const runs = [
    madeRun({ joules: 0.2, half: 0.5, kind: "estimated" }),
    madeRun({ joules: 0.8, half: 0.5, kind: "estimated", findings }),
  ];
  assert.equal(assertEnergy(runs, limit(0.35), { inconclusive: "fail" })[0]!.outcome, "met");
});

Deno.test("assertNoRegression() decides by hard limits where these do", () => {
  const before = madeRun({ joules: 1, half: 0.1, kind: "estimated", prompt: "a" });
  const twice = madeRun({ joules: 2, half: 0.1, kind: "estimated", prompt: "a" });
  assert.throws(
    () => assertNoRegression(twice, before, { inconclusive: "pass" }),
    /^.*Regression: .* changed by \+100 % \(\+63\.6 to \+144 %/,
  );
  const { outcome } = assertNoRegression(before, twice, { inconclusive: "fail" });
  assert.equal(outcome, "met");
});
