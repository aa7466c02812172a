import assert from "node:assert/strict";
import { InputError } from "../../lib/errors.ts";
import { experiment, type ExperimentDefinition } from "../../lib/experiment/mod.ts";

const model = "none";
const three: ExperimentDefinition = {
  arms: { A: { model }, B: { model }, C: { model } },
  prompts: ["x", "y"],
  expect: { B: { lessThan: "A", by: 0.1 }, A: { sameAs: "C", by: 0.15 } },
};

Deno.test("experiment() finds what is there, corrects for how much it looked, and judges", async () => {
  const simulate = { costs: { B: 0.7 } };
  const result = await experiment("three", three, { simulate });
  const [b, c, ...others] = result.comparisons;
  assert.equal(others.length, 0, "A with C is C with A");
  assert.deepEqual([b!.a.label, b!.b.label, b!.outcome], ["A", "B", "lower"]);
  assert.deepEqual([b!.pairing.kind, b!.pairing.count, b!.scope], ["block", 6, "machine"]);
  assert.ok(b!.pCorrected! >= b!.test.p! && b!.pCorrected! < 0.05);
  assert.match(b!.verdict, /lower than of A .*; p .* corrected for 2 comparisons$/);
  assert.equal(b!.floor.from, "null arms");
  assert.deepEqual([c!.b.label, c!.outcome], ["C", "unclear"]);
  assert.equal(result.nullComparison?.b.label, "A again");
  assert.deepEqual(result.expectations.map(({ outcome }) => outcome), ["pass", "pass"]);
  assert.equal(result.outcome, "pass");
  assert.deepEqual(result.arms.map(({ processes }) => processes), [6, 6, 6, 6]);
  assert.match(
    result.verdict,
    /^energy per token, against A: B −\d+ \(.*\) %, C no difference seen\. .*: shown$/,
  );
});

Deno.test("experiment() gives the same result for a seed, bit for bit, and another for another", async () => {
  const run = (seed: number) =>
    experiment("three", { ...three, order: "random", seed }, { simulate: {} });
  const [one, again, other] = [await run(5), await run(5), await run(6)];
  assert.equal(JSON.stringify(one), JSON.stringify(again));
  assert.notEqual(one.comparisons[0]?.percent.value, other.comparisons[0]?.percent.value);
  assert.deepEqual(JSON.parse(JSON.stringify(one.plan)), one.plan);
});

Deno.test("experiment() says for how few processes it holds", async () => {
  const { verdict, comparisons } = await experiment("three", three, {
    simulate: { costs: { B: 0.5 } },
    quick: true,
  });
  assert.match(verdict, /fewer than five processes: these processes only/);
  assert.match(comparisons[0]!.verdict, /this process only/);
});

Deno.test("experiment() contradicts an expectation, and leaves another open", async () => {
  const expect = { B: { lessThan: "A" } };
  const outcome = async (cost: number) => {
    const simulate = { costs: { B: cost }, between: 0.02 };
    return (await experiment("three", { ...three, expect }, { simulate })).outcome;
  };
  assert.equal(await outcome(1.5), "fail");
  assert.equal(await outcome(1), "inconclusive");
});

Deno.test("experiment() works without a null arm, whose floor then comes from within arms", async () => {
  const { arms, nullComparison, comparisons } = await experiment(
    "three",
    { ...three, nullArm: false },
    { simulate: {} },
  );
  assert.deepEqual([arms.length, nullComparison], [3, null]);
  assert.equal(comparisons[0]?.floor.from, "within arms");
});

Deno.test("experiment() refuses to simulate what it has not", async () => {
  for (
    const [simulate, message] of [
      [{ costs: { D: 2 } }, /a cost of "D"; name one of A, B, C/],
      [{ costs: { A: 0 } }, /a cost of 0/],
      [{ between: 2 }, /deviations of 2/],
    ] as const
  ) {
    await assert.rejects(experiment("three", three, { simulate }), (error) => {
      assert.ok(error instanceof InputError);
      assert.match(error.message, message);
      return true;
    });
  }
});
