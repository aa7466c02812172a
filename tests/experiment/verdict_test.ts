import assert from "node:assert/strict";
import type { RunRecord } from "../../lib/analysis/mod.ts";
import { judge } from "../../lib/experiment/judge.ts";
import { type Cell, keyOf, orderOf } from "../../lib/experiment/order.ts";
import { planExperiment } from "../../lib/experiment/plan.ts";
import { verdictOf } from "../../lib/experiment/verdict.ts";
import { madeRun } from "../analysis/made_runs.ts";

const model = "m";
const plan = planExperiment("two", {
  arms: { A: { model }, B: { model }, C: { model } },
  prompts: ["x"],
  processes: 5,
});
const order = orderOf(plan.arms.map(({ name }) => name), 5, "abba", 1);
const WAVER = [0, 1, -1, 2, -2];

/** Each arm at its level, wavering by a percent or two, not in step with the others. */
function judged(levels: Record<string, number>, hasRun: (cell: Cell) => boolean = () => true) {
  const cells = new Map<string, RunRecord[]>();
  for (const [at, cell] of order.entries()) {
    if (!hasRun(cell)) continue;
    const arm = plan.arms.findIndex(({ name }) => name === cell.arm);
    const joules = (levels[cell.arm] ?? 1) * (1 + 0.01 * WAVER[(cell.round * (arm + 1)) % 5]!);
    cells.set(keyOf(cell), [madeRun({ joules, pid: 1 + at, prompt: `own ${cell.arm}` })]);
  }
  return judge(plan, order, cells);
}

Deno.test("judge() pairs runs by round and place, whatever their prompts are", () => {
  const { comparisons, verdict, notes } = judged({ B: 1.2 });
  assert.deepEqual(comparisons.map(({ pairing }) => [pairing.kind, pairing.count]), [
    ["block", 5],
    ["block", 5],
  ]);
  assert.deepEqual(comparisons.map(({ outcome }) => outcome), ["higher", "unclear"]);
  assert.match(verdict, /^energy per token, against A: B \+20 \(.*\) %, C no difference seen$/);
  assert.deepEqual(notes, []);
});

Deno.test("judge() says when the same arm differs from itself", () => {
  const { notes, nullComparison } = judged({ "A again": 1.3 });
  assert.ok(nullComparison!.test.p! < 0.01);
  assert.match(notes.join(), /^The same arm differs from itself \(A and A again, p = /);
});

Deno.test("judge() has nothing to say of arms that have not run", () => {
  const { comparisons, nullComparison, verdict, arms, outcome } = judge(plan, order, new Map());
  assert.deepEqual([comparisons, nullComparison, outcome], [[], null, null]);
  assert.equal(verdict, `Nothing to compare: 0 of ${order.length} processes ran`);
  assert.deepEqual(arms.map(({ processes }) => processes), [0, 0, 0, 0]);
});

Deno.test("judge() says how many processes an answer rests on, where more were to run", () => {
  const until = (rounds: number) => judged({ B: 1.2 }, (cell) => cell.round < rounds).verdict;
  assert.match(until(3), /B \+19 .*these processes only; 12 of 20 processes ran$/);
  assert.doesNotMatch(until(5), / ran/);
  const first = judged({}, (cell) => cell.round === 0 && cell.arm === "A").verdict;
  assert.equal(first, "Nothing to compare: 1 of 20 processes ran");
});

Deno.test("verdictOf() tells no percentage beyond 1000", () => {
  const { comparisons: [comparison] } = judged({ B: 1.2 });
  const found = {
    ...comparison!,
    percent: { value: 404, low: -72, high: 84_213, resolved: true },
    outcome: "higher" as const,
  };
  assert.match(
    verdictOf([found], null, { ran: 1, planned: 1 }),
    /B \+404 \(−72 to more than \+1000\) %$/,
  );
  const sure = { ...found, percent: { value: 1500, low: 1400, high: 1600, resolved: true } };
  assert.match(verdictOf([sure], null, { ran: 1, planned: 1 }), /B \+1500 \(\+1400 to \+1600\) %$/);
});

Deno.test("judge() keeps what hard limits show, which have no p-value", () => {
  const short = planExperiment("two", {
    arms: { A: { model }, B: { model } },
    prompts: ["x"],
    processes: 1,
    nullArm: false,
    expect: { B: { moreThan: "A" } },
  });
  const estimated = (joules: number) => [madeRun({ joules, half: 0.1, kind: "estimated" })];
  const cells = new Map([
    [keyOf({ arm: "A", round: 0 }), estimated(1)],
    [keyOf({ arm: "B", round: 0 }), estimated(2)],
  ]);
  const { comparisons: [found], verdict, outcome } = judge(
    short,
    orderOf(["A", "B"], 1, "abba", 1),
    cells,
  );
  assert.match(found!.verdict, /higher than of A \(hard limits/);
  assert.equal(found!.outcome, "higher");
  assert.match(verdict, /B \+100 \(\+64 to \+144\) %/);
  assert.equal(outcome, "pass");
});
