import assert from "node:assert/strict";
import { tradeoff } from "../../../lib/analysis/mod.ts";
import { kneeOfFront, paretoFront } from "../../../lib/analysis/tradeoff/pareto.ts";
import { madeRun } from "../made_runs.ts";
import { uniforms } from "../normals.ts";

const way = (name: string, tokensPerSecond: number, joules: number) =>
  [1, 2, 3, 4, 5].map((pid) =>
    madeRun({
      pid,
      tokensPerSecond: tokensPerSecond * (1 + 0.001 * pid),
      joules: joules * (1 + 0.001 * pid),
      model: { name },
    })
  );

Deno.test("tradeoff() keeps what no other beats at both, and finds the knee", () => {
  const result = tradeoff([
    ...way("slow", 10, 0.1),
    ...way("knee", 40, 0.12),
    ...way("fast", 50, 0.5),
    ...way("bad", 9, 0.6),
  ]);
  assert.deepEqual(result.front, ["slow fp32", "knee fp32", "fast fp32"]);
  assert.equal(result.knee, "knee fp32");
  const bad = result.points.find(({ label }) => label === "bad fp32")!;
  assert.equal(bad.isOnFront, false);
  assert.deepEqual(bad.surelyBeatenBy.toSorted(), ["fast fp32", "knee fp32", "slow fp32"]);
  assert.match(result.verdict, /^3 of 4 are worth it: .*; behind knee fp32 speed costs more; 1 of/);
});

Deno.test("tradeoff() tells batch sizes apart", () => {
  const { points } = tradeoff([1, 8].map((batchSize) => madeRun({ details: { batchSize } })));
  assert.deepEqual(points.map(({ label }) => label).toSorted(), [
    "tiny fp32",
    "tiny fp32 batch of 8",
  ]);
});

Deno.test("tradeoff() is not sure where intervals overlap", () => {
  const wide = (name: string, joules: number) =>
    [0.8, 1, 1.2].map((factor, pid) =>
      madeRun({ pid, tokensPerSecond: 50 * factor, joules: joules * factor, model: { name } })
    );
  const { points, front, verdict } = tradeoff([...wide("a", 0.2), ...wide("b", 0.21)]);
  assert.deepEqual(front, ["a fp32"]);
  const looks = "a fp32 looks the fastest and the cheapest";
  assert.equal(verdict, `${looks}; none of the others is surely worse at both`);
  assert.ok(points.every(({ surelyBeatenBy }) => surelyBeatenBy.length === 0));
});

Deno.test("tradeoff() calls one way the best only where it surely beats each other", () => {
  const { verdict } = tradeoff([...way("good", 50, 0.1), ...way("bad", 9, 0.6)]);
  assert.match(verdict, /^good fp32 is the fastest and the cheapest; 1 of the others is surely/);
  assert.match(tradeoff(way("good", 50, 0.1)).verdict, /^Only good fp32 was measured/);
});

Deno.test("paretoFront() leaves no point that another beats, and drops none that none beats", () => {
  const random = uniforms(5);
  for (let time = 0; time < 50; time++) {
    const points = Array.from({ length: 12 }, () => ({ speed: random(), cost: random() }));
    const front = paretoFront(points);
    for (const one of points) {
      const isBeaten = points.some((other) => other.speed > one.speed && other.cost < one.cost);
      assert.equal(front.includes(one), !isBeaten);
    }
    for (let at = 1; at < front.length; at++) {
      assert.ok(front[at]!.cost > front[at - 1]!.cost && front[at]!.speed > front[at - 1]!.speed);
    }
  }
  assert.equal(kneeOfFront([{ speed: 1, cost: 1 }, { speed: 2, cost: 2 }]), null);
  const straight = [1, 2, 4].map((value) => ({ speed: value, cost: value }));
  assert.equal(kneeOfFront(straight), null);
});
