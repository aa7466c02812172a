import assert from "node:assert/strict";
import { CASES, openBenchModel } from "../../tasks/bench/bench_models.ts";
import { telemetrySides } from "../../tasks/bench/telemetry_measure.ts";

Deno.test("the measure of telemetry sends power in the blocks with it, and there alone", async () => {
  const small = CASES.find(({ name }) => name === "tinytales")!;
  const model = await openBenchModel(small);
  const block = async ({ answer, during }: Awaited<ReturnType<typeof telemetrySides>>["base"]) => {
    await using _beside = await during!();
    const startMs = performance.now();
    const answers = [];
    while (performance.now() - startMs < 500) answers.push(await answer());
    return answers[0]!;
  };
  const sides = await telemetrySides(model, [], 1);
  try {
    const [without, withIt] = [await block(sides.base), await block(sides.subject)];
    assert.deepEqual(without.ids, withIt.ids);
    assert.equal(without.ids.length, small.maxNewTokens);
    // Blocks are laid by the clock: one may miss its export where the machine is busy.
    for (let tries = 0; sides.seen.with === 0 && tries < 10; tries++) await block(sides.subject);
    assert.ok(sides.seen.with > 0, "nothing was sent in a block with telemetry");
  } finally {
    await sides[Symbol.asyncDispose](); // throws where no power was sent
  }
});
