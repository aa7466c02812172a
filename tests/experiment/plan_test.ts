import assert from "node:assert/strict";
import { InputError } from "../../lib/errors.ts";
import type { ExperimentDefinition } from "../../lib/experiment/mod.ts";
import { experimentId } from "../../lib/experiment/identity.ts";
import { planExperiment } from "../../lib/experiment/plan.ts";

const model = "models/tinytales";
const two: ExperimentDefinition = {
  arms: { plain: { model }, changed: { model, threads: 1, minSeconds: 0.5 } },
  prompts: ["Once"],
  options: { maxNewTokens: 8, minSeconds: 4 },
};

Deno.test("planExperiment() fills in defaults, and runs the first arm again as its null arm", () => {
  const plan = planExperiment("two", two);
  assert.deepEqual(plan.arms.map(({ name }) => name), ["plain", "changed", "plain again"]);
  assert.deepEqual([plan.baseline, plan.nullArm, plan.processes], ["plain", "plain again", 6]);
  assert.deepEqual(plan.arms[2], { ...plan.arms[0]!, name: "plain again" });
  assert.deepEqual(plan.arms[1]?.options, {
    maxNewTokens: 8,
    minSeconds: 0.5,
    threads: 1,
    repetitions: 1,
  });
  const taken = { ...two, arms: { a: { model }, "a again": { model } } };
  assert.equal(planExperiment("taken", taken).nullArm, "a again again");
});

Deno.test("planExperiment() makes a quick experiment shorter, and no part of it longer", () => {
  const { arms, processes, cooldown } = planExperiment("two", two, true);
  assert.deepEqual([processes, cooldown], [3, 0]);
  assert.deepEqual(arms.map(({ options }) => options.minSeconds), [1.5, 0.5, 1.5]);
  assert.deepEqual(arms.map(({ options }) => options.baselineSeconds), [1, 1, 1]);
  assert.equal(planExperiment("two", { ...two, processes: 2 }, true).processes, 2);
});

Deno.test("planExperiment() refuses what cannot be meant, and says what may be", () => {
  const cyclic: Record<string, unknown> = {};
  cyclic.again = cyclic;
  const wrong: [string, object, RegExp][] = [
    ["no arms", { arms: {} }, /it has no arms; pass arms/],
    ["one arm", { arms: { a: { model } }, nullArm: false }, /one arm, "a", and no null arm/],
    ["a number", { arms: { a: { model }, "8": { model } } }, /arm "8" is called by a number/],
    ["null for arms", { arms: null }, /it has no arms/],
    ["null for an arm", { arms: { a: null } }, /arm "a" has no model; pass a path/],
    ["null for options", { options: null }, /options is null; pass an object/],
    ["null for what is expected", { expect: null }, /expect is null; pass an object/],
    ["null for an expectation", { expect: { changed: null } }, /0 things of "changed"/],
    ["no model", { arms: { a: {} } }, /arm "a" has no model; pass a path/],
    ["no prompts", { prompts: [] }, /arm "plain" has no prompts; pass prompts: texts/],
    ["an empty prompt", { prompts: [""] }, /has no prompts/],
    [
      "a misspelt option",
      { arms: { a: { model, precison: "int4" } } },
      /option "precison"; did you mean "precision"/,
    ],
    ["an option for all", { options: { thread: 1 } }, /options has an unknown option "thread"/],
    ["other numbers of prompts", {
      arms: { a: { model }, b: { model, prompts: ["x", "y"] } },
    }, /its arms have 1 and 2 prompts; give each arm as many/],
    ["processes", { processes: 0 }, /processes is 0; pass 1 to 1000/],
    ["repetitions", { repetitions: 0.5 }, /repetitions is 0.5/],
    ["cooldown", { cooldown: -1 }, /cooldown is -1/],
    ["order", { order: "sorted" }, /order is "sorted"; pass "abba" or "random"/],
    ["metric", { metric: "watts" }, /metric is "watts"; pass joulesPerToken, /],
    ["seed", { seed: -1 }, /seed is -1/],
    ["a stranger", { expect: { int4: { lessThan: "plain" } } }, /expects something of "int4"/],
    ["itself", { expect: { plain: { lessThan: "plain" } } }, /compares "plain" with itself/],
    ["two claims", {
      expect: { plain: { lessThan: "changed", moreThan: "changed" } },
    }, /expects 2 things of "plain"/],
    ["too much", { expect: { changed: { lessThan: "plain", by: 1 } } }, /a difference of 1;/],
    ["a function", {
      arms: { a: { model, amplify: () => {} } },
    }, /arms\.0\.options\.amplify is no plain data/],
    ["a cycle", { arms: { a: { model, amplify: cyclic } } }, /is no plain data/],
  ];
  for (const [what, change, message] of wrong) {
    const definition = { ...two, ...change } as ExperimentDefinition;
    assert.throws(() => planExperiment("two", definition), (error) => {
      assert.ok(error instanceof InputError, what);
      assert.match(error.message, message, what);
      return true;
    });
  }
  assert.throws(() => planExperiment("", two), /it has no name/);
});

Deno.test("experimentId() changes with what runs depend on, and with nothing else", () => {
  const id = (definition: ExperimentDefinition, source = "estimate") =>
    experimentId({ plan: planExperiment("two", definition), source });
  const same = id(two);
  assert.equal(id({ ...two, processes: 12, metric: "ttftMs", question: "Why?" }), same);
  assert.equal(id({ ...two, expect: { changed: { lessThan: "plain" } } }), same);
  assert.equal(
    id({ options: { minSeconds: 4, maxNewTokens: 8 }, prompts: ["Once"], arms: two.arms }),
    same,
  );
  assert.notEqual(id({ ...two, seed: 2 }), same);
  assert.notEqual(id({ ...two, prompts: ["Twice"] }), same);
  assert.notEqual(id({ ...two, options: { maxNewTokens: 9 } }), same);
  assert.notEqual(id(two, "rapl"), same);
});
