import assert from "node:assert/strict";
import { Moments } from "../../../lib/profile/activations/moments.ts";

function random(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32 - 0.5;
}

function near(actual: number, expected: number, relative = 1e-12): void {
  assert.ok(Math.abs(actual - expected) <= relative * Math.abs(expected), `${actual}, ${expected}`);
}

/** By the definitions, one at a time. */
function plain(values: readonly number[], threshold: number) {
  const n = values.length;
  const mean = values.reduce((a, b) => a + b) / n;
  return {
    meanAbs: values.reduce((sum, x) => sum + Math.abs(x), 0) / n,
    std: Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n),
    maxAbs: Math.max(...values.map(Math.abs)),
    sparsity: values.filter((x) => Math.abs(x) < threshold).length / n,
  };
}

Deno.test("Moments agrees with the definitions, however the values are dealt", () => {
  const next = random(3);
  for (let trial = 0; trial < 20; trial++) {
    const values = Float32Array.from({ length: 1 + trial * 37 }, () => next() * 10 ** (trial % 7));
    if (trial % 2 === 0) values.fill(0, 0, values.length >> 1);
    const expected = plain([...values], 0.02);
    for (const cut of [values.length, 1, 7]) {
      const moments = new Moments();
      for (let i = 0; i < values.length; i += cut) moments.add(values.subarray(i, i + cut), 0.02);
      const found = moments.statistics()!;
      for (const key of ["meanAbs", "std", "maxAbs", "sparsity"] as const) {
        near(found[key], expected[key], 1e-10);
      }
    }
  }
});

Deno.test("Moments on a few numbers", () => {
  const moments = new Moments();
  moments.add(Float32Array.of(3, -1, 0, 2));
  assert.deepEqual(moments.statistics(), {
    meanAbs: 1.5,
    std: Math.sqrt(2.5),
    maxAbs: 3,
    sparsity: 0.25,
  });
});

Deno.test("Moments keeps a small spread far from zero, and beside an outlier", () => {
  const far = new Moments();
  far.add(Float32Array.from({ length: 1000 }, (_, i) => 1e6 + (i % 2)));
  assert.equal(far.statistics()!.std, 0.5);
  const values = Float32Array.from({ length: 1000 }, (_, i) => i === 0 ? 1e7 : (i % 2) * 1e-3);
  const parts = new Moments();
  parts.add(values.subarray(1));
  near(parts.statistics()!.std, plain([...values.subarray(1)], 1).std, 1e-9);
  parts.add(values.subarray(0, 1));
  near(parts.statistics()!.std, plain([...values], 1).std, 1e-9);
});

Deno.test("Moments counts NaN and infinities and keeps them out", () => {
  const moments = new Moments();
  moments.add(Float32Array.of(NaN, 1, Infinity, -1, -Infinity));
  assert.deepEqual(moments.statistics(), { meanAbs: 1, std: 1, maxAbs: 1, sparsity: 0 });
  assert.equal(moments.nonFinite, 3);
  moments.clear();
  moments.add(Float32Array.of(NaN));
  assert.equal(moments.statistics(), null);
  assert.equal(moments.nonFinite, 1);
});

Deno.test("Moments holds the largest values of fp32", () => {
  const largest = 3.4028234663852886e38;
  const moments = new Moments();
  moments.add(Float32Array.of(largest, largest, -largest));
  assert.equal(moments.nonFinite, 0);
  assert.equal(moments.statistics()!.meanAbs, largest);
});

Deno.test("Moments without values has no statistics", () => {
  const moments = new Moments();
  moments.add(new Float32Array(0));
  assert.equal(moments.statistics(), null);
});

Deno.test("Moments takes |x| below the threshold, not at it, for zero", () => {
  const moments = new Moments();
  moments.add(Float32Array.of(0.25, -0.25, 0.5, -0.125), 0.25);
  assert.equal(moments.statistics()!.sparsity, 0.25);
});
