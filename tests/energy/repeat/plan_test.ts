import assert from "node:assert/strict";
import { uniforms } from "../../../lib/energy/draws.ts";
import {
  BLOCK_RECORDS,
  planSteps,
  type StepPlan,
  SWEEPS,
} from "../../../lib/energy/repeat/plan.ts";

/** Blocks follow each other without a gap, and each spans its records. */
function check({ blocks, durationMs }: StepPlan, stepsMs: readonly number[], cadenceMs: number) {
  let sum = 0;
  blocks.forEach(({ firstIndex, lastIndex, cycles, durationMs }, at) => {
    const previous = blocks[at - 1];
    if (previous) assert.equal(firstIndex, previous.lastIndex + 1);
    assert.ok(lastIndex >= firstIndex && cycles >= 1);
    const cycleMs = stepsMs.slice(firstIndex, lastIndex + 1).reduce((all, ms) => all + ms, 0);
    assert.ok(durationMs >= BLOCK_RECORDS * cadenceMs - 1e-6, "spans its records");
    assert.ok(
      cycles === 1 || (cycles - 1) * cycleMs < BLOCK_RECORDS * cadenceMs,
      "and no longer than it must",
    );
    sum += SWEEPS * durationMs;
  });
  assert.ok(Math.abs(sum - durationMs) < 1e-6);
  assert.equal(blocks.at(-1)?.lastIndex, stepsMs.length - 1);
}

Deno.test("planSteps() repeats every step until its block spans four records", () => {
  const plan = planSteps([60, 20, 5, 300], { cadenceMs: 110 });
  assert.deepEqual(plan.blocks.map(({ cycles }) => cycles), [8, 22, 88, 2]);
  assert.deepEqual(plan.blocks.map(({ firstIndex }) => firstIndex), [0, 1, 2, 3]);
  check(plan, [60, 20, 5, 300], 110);
});

Deno.test("planSteps() groups neighbours evenly to fit a budget, never the prefill with them", () => {
  const random = uniforms(7);
  for (let trial = 0; trial < 300; trial++) {
    const cadenceMs = 50 + 200 * random();
    const prefillMs = 3.9 * cadenceMs * random();
    const steps = 1 + Math.floor(60 * random());
    const stepsMs = [prefillMs, ...Array.from({ length: steps }, () => 1 + cadenceMs * random())];
    const single = planSteps(stepsMs, { cadenceMs });
    check(single, stepsMs, cadenceMs);
    assert.equal(single.blocks.length, stepsMs.length);
    const maxMs = single.durationMs * (0.05 + random());
    const plan = planSteps(stepsMs, { cadenceMs, maxMs });
    check(plan, stepsMs, cadenceMs);
    assert.equal(plan.blocks[0]?.lastIndex, 0);
    assert.ok(plan.durationMs <= maxMs || plan.blocks.length === 2, "one group is the least");
    const sizes = plan.blocks.slice(1).map(({ firstIndex, lastIndex }) => lastIndex - firstIndex);
    assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1);
  }
});

Deno.test("planSteps() leaves out what records of the plain run see by themselves", () => {
  assert.deepEqual(planSteps([500, 20, 20], { cadenceMs: 100 }).blocks[0]?.firstIndex, 1);
  assert.deepEqual(planSteps([20, 400, 500], { cadenceMs: 100 }).blocks, []);
  assert.deepEqual(planSteps([20], { cadenceMs: 100 }), { blocks: [], durationMs: 0 });
  assert.deepEqual(planSteps([], { cadenceMs: 100 }), { blocks: [], durationMs: 0 });
});

Deno.test("planSteps() does not hang on steps that took no time", () => {
  const { blocks } = planSteps([0, 0, 0], { cadenceMs: 100, maxMs: 1 });
  assert.deepEqual(blocks.map(({ cycles }) => cycles), [1, 1, 1]);
});
