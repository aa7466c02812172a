import assert from "node:assert/strict";
import {
  addAttention,
  type AttentionPass,
  noRows,
  softmax,
} from "../../../lib/profile/activations/attention_rows.ts";

function sums(pass: Partial<AttentionPass> & { data: Float32Array; width: number }) {
  const whole = { heads: 1, past: 0, rows: "weights" as const, ...pass };
  const heads = Array.from({ length: whole.heads }, noRows);
  addAttention(heads, whole, 1e-4);
  return heads;
}

Deno.test("addAttention() gives ln n for n alike and 0 for one", () => {
  const data = Float32Array.of(0.25, 0.25, 0.25, 0.25, 0, 1, 0, 0);
  const [alike, one] = sums({ data, width: 4, heads: 2, past: 3 });
  assert.ok(Math.abs(alike!.entropyNats - Math.log(4)) < 1e-12);
  assert.equal(alike!.largestWeight, 0.25);
  assert.equal(alike!.below, 0);
  assert.equal(one!.entropyNats, 0);
  assert.equal(one!.largestWeight, 1);
  assert.equal(one!.below / one!.visible, 0.75);
});

Deno.test("addAttention() does not count what the mask hides", () => {
  const data = Float32Array.of(1, 0, 0, 0.5, 0.5, 0, 1, 0, 0);
  const [head] = sums({ data, width: 3 });
  assert.equal(head!.rows, 3);
  assert.equal(head!.visible, 1 + 2 + 3);
  assert.equal(head!.below, 2);
});

Deno.test("addAttention() turns masked scores into weights", () => {
  const data = Float32Array.of(2, -65504, -65504, 1, 1, -Infinity);
  const [head] = sums({ data, width: 3, rows: "scores" });
  assert.ok(Math.abs(head!.entropyNats - Math.log(2)) < 1e-6);
  assert.equal(head!.largestWeight, 1.5);
});

Deno.test("addAttention() leaves out rows that are no weights", () => {
  const data = Float32Array.of(NaN, NaN, 0.5, 0.5);
  const [head] = sums({ data, width: 2, past: 1 });
  assert.equal(head!.rows, 1);
  assert.ok(Math.abs(head!.entropyNats - Math.log(2)) < 1e-7);
});

Deno.test("softmax() does not overflow", () => {
  const values = Float64Array.of(1000, 1000, -1000);
  softmax(values);
  assert.deepEqual([...values], [0.5, 0.5, 0]);
});
