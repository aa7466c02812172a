import assert from "node:assert/strict";
import { DRAWS, hashOf, meanOf, mirrored, uniforms } from "../../lib/energy/draws.ts";

Deno.test("uniforms() repeats for a seed and is even in [0, 1)", () => {
  const [one, same, other] = [uniforms(7), uniforms(7), uniforms(8)];
  const values = Array.from({ length: 10000 }, () => one());
  assert.deepEqual(values.slice(0, 5), Array.from({ length: 5 }, () => same()));
  assert.notEqual(values[0], other());
  assert.ok(values.every((value) => value >= 0 && value < 1));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  assert.ok(Math.abs(mean - 0.5) < 0.01);
});

Deno.test("mirrored() has a mean of exactly 0 and the spread of its shape", () => {
  const spread = (draws: Float64Array) =>
    Math.sqrt(draws.reduce((sum, value) => sum + value * value, 0) / draws.length);
  const mean = (shape: "normal" | "uniform") => {
    const spreads = Array.from(
      { length: 50 },
      (_, seed) => spread(mirrored(uniforms(seed), shape)),
    );
    return spreads.reduce((sum, value) => sum + value, 0) / spreads.length;
  };
  assert.equal(mirrored(uniforms(1), "normal").length, DRAWS);
  assert.equal(meanOf(mirrored(uniforms(1), "normal")), 0);
  assert.ok(Math.abs(mean("normal") - 1) < 0.05);
  assert.ok(Math.abs(mean("uniform") - 1 / Math.sqrt(3)) < 0.03);
});

Deno.test("hashOf() tells names apart, and not runs", () => {
  assert.equal(hashOf("clock"), hashOf("clock"));
  const names = Array.from({ length: 2000 }, (_, index) => `cpu ${index}`);
  assert.equal(new Set(names.map(hashOf)).size, names.length);
});
