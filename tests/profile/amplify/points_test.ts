import assert from "node:assert/strict";
import {
  outstanding,
  passesOf,
  type Point,
  weightsOf,
} from "../../../lib/profile/amplify/points.ts";

const answer = (promptLength: number, steps: number) => ({
  promptLength,
  ids: new Array<number>(promptLength + steps + 1).fill(0),
});

Deno.test("passesOf() cuts the prompt as generate() does, and runs all tokens but the last", () => {
  const passes = passesOf(answer(1100, 2), 512);
  assert.deepEqual(passes.map(({ phase, past, tokens }) => [phase, past, tokens]), [
    ["prefill", 0, 512],
    ["prefill", 512, 512],
    ["prefill", 1024, 76],
    ["decode", 1100, 1],
    ["decode", 1101, 1],
  ]);
});

Deno.test("outstanding() takes the first, the middle and the last pass of a phase, once each", () => {
  const at = (steps: number) =>
    outstanding(passesOf(answer(3, steps), 512)).filter(({ phase }) => phase === "decode")
      .map((point) => point.at);
  assert.deepEqual(at(0), []);
  assert.deepEqual(at(1), [0]);
  assert.deepEqual(at(2), [0, 1]);
  assert.deepEqual(at(9), [0, 4, 8]);
});

Deno.test("weightsOf() is exact for costs that grow evenly with the context", () => {
  for (const steps of [1, 2, 3, 7, 64]) {
    const passes = passesOf(answer(40, steps), 16);
    const points = outstanding(passes);
    const weights = weightsOf(points, passes);
    const cost = ({ past, tokens }: Point) => tokens * (3 + 0.25 * past);
    for (const phase of ["prefill", "decode"]) {
      const total = (of: readonly Point[], times: (at: number) => number) =>
        of.reduce((sum, one, at) => sum + (one.phase === phase ? times(at) * cost(one) : 0), 0);
      const truth = total(passes, () => 1);
      const found = total(points, (at) => weights[at] ?? NaN);
      assert.ok(Math.abs(found - truth) <= 1e-9 * truth, `${phase} of ${steps}: ${found} ${truth}`);
    }
  }
});
