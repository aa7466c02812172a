import assert from "node:assert/strict";
import { type DeepColumns, expertChoices, loadBalance } from "../../../lib/profile/mod.ts";
import { addRouting, noRouting } from "../../../lib/profile/activations/routing_rows.ts";

Deno.test("addRouting() chooses the largest and shares out their weights", () => {
  const sums = noRouting(4);
  const values = Float32Array.from([0.1, 0.2, 0.3, 0.4].map(Math.log));
  addRouting(sums, { values, rows: "logits", chosen: null, count: 2, normalized: true });
  assert.deepEqual([...sums.positions], [0, 0, 1, 1]);
  assert.ok(Math.abs(sums.weight[3]! - 0.4 / 0.7) < 1e-6);
  assert.ok(Math.abs(sums.weight[2]! - 0.3 / 0.7) < 1e-6);
  const entropy = -[0.1, 0.2, 0.3, 0.4].reduce((sum, p) => sum + p * Math.log(p), 0);
  assert.ok(Math.abs(sums.entropyNats - entropy) < 1e-6);
});

Deno.test("addRouting() keeps the weights as they are where nothing makes them add up", () => {
  const sums = noRouting(2);
  const values = Float32Array.of(0.25, 0.75, 0.75, 0.25);
  addRouting(sums, { values, rows: "probabilities", chosen: null, count: 1, normalized: false });
  assert.deepEqual([...sums.weight], [0.75, 0.75]);
  assert.equal(sums.rows, 2);
});

Deno.test("addRouting() takes the choice that the graph made", () => {
  const sums = noRouting(3);
  addRouting(sums, {
    values: Float32Array.of(0.5, 0.25, 0.25, 0.5, 0.25, 0.25),
    rows: "probabilities",
    chosen: {
      experts: BigInt64Array.of(0n, 2n, 1n, 2n),
      weights: Float32Array.of(0.75, 0.25, 0.5, 0.5),
    },
    count: 0,
    normalized: false,
  });
  assert.deepEqual([...sums.positions], [1, 1, 2]);
  assert.deepEqual([...sums.weight], [0.75, 0.5, 0.75]);
});

const routing = (positions: number[], experts: number) => ({
  layer: 0,
  experts,
  reason: null,
  entropyNats: new Float32Array(positions.length / experts),
  weight: Float32Array.from(positions, (n) => n === 0 ? 0 : n / 2),
  positions: Float32Array.from(positions),
});

Deno.test("loadBalance() is 1 for experts used alike, 0 for one used always", () => {
  assert.equal(loadBalance(routing([2, 0, 0, 2], 2)), 1);
  assert.equal(loadBalance(routing([2, 0, 1, 0], 2)), 0);
  assert.equal(loadBalance(routing([], 0)), null);
  const uneven = loadBalance(routing([3, 1], 2))!;
  assert.ok(Math.abs(uneven - (-0.75 * Math.log2(0.75) - 0.25 * Math.log2(0.25))) < 1e-12);
});

Deno.test("expertChoices() lists those that were chosen, token by token", () => {
  const columns: DeepColumns = {
    tokens: 2,
    attention: [],
    gates: [],
    norms: [],
    routing: [routing([3, 0, 1, 0, 1, 0], 3)],
  };
  assert.deepEqual([...expertChoices(columns)], [
    { tokenIndex: 0, layer: 0, expert: 0, weight: 1.5, positions: 3 },
    { tokenIndex: 0, layer: 0, expert: 2, weight: 0.5, positions: 1 },
    { tokenIndex: 1, layer: 0, expert: 1, weight: 0.5, positions: 1 },
  ]);
});
