import assert from "node:assert/strict";
import { uniforms } from "../../../lib/energy/draws.ts";
import { nonNegative } from "../../../lib/energy/deconvolve/nnls.ts";
import { NormalEquations } from "../../../lib/energy/deconvolve/normal_equations.ts";

/** Records of a few neighbouring unknowns each, of true values of which some are 0 or below. */
function scene(seed: number) {
  const random = uniforms(seed);
  const count = 3 + Math.floor(20 * random());
  const rows = Array.from({ length: 4 * count }, () => {
    const from = Math.floor(count * random());
    const columns = Array.from(
      { length: Math.min(3, count - from) },
      (_, column) => from + column,
    );
    return { columns, values: columns.map(() => 0.1 + random()), energy: 10 * (random() - 0.3) };
  });
  const first = Int32Array.from({ length: count }, (_, row) => Math.max(0, row - 2));
  const matrix = new NormalEquations(first);
  const right = new Float64Array(count);
  for (const { columns, values, energy } of rows) {
    matrix.addOuter(columns, values);
    columns.forEach((column, at) => right[column]! += values[at]! * energy);
  }
  const weights = Float64Array.from({ length: count }, () => 0.1 + random());
  const towards = Float64Array.from({ length: count }, () => 3 * random());
  return { rows, matrix, right, weights, towards };
}

Deno.test("nonNegative() finds the minimum: no gradient where above 0, none downwards at 0", () => {
  let atZero = 0;
  for (let seed = 1; seed <= 100; seed++) {
    const { matrix, right, weights, towards } = scene(seed);
    const values = nonNegative(matrix, right, weights, towards);
    matrix.times(values).forEach((product, i) => {
      const gradient = product - right[i]! + weights[i]! * (values[i]! - towards[i]!);
      assert.ok(values[i]! >= 0);
      if (values[i]! > 0) assert.ok(Math.abs(gradient) < 1e-5, `seed ${seed}: ${gradient}`);
      else assert.ok(gradient > -1e-5);
      if (values[i] === 0) atZero++;
    });
  }
  assert.ok(atZero > 50, "some scenes do hit the bound");
});

Deno.test("NormalEquations.factor() solves what the equations say", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const { rows, matrix, right, weights } = scene(seed);
    const values = matrix.factor(weights).solve(right);
    const product = weights.map((weight, i) => weight * values[i]!);
    for (const { columns, values: row } of rows) {
      const seen = columns.reduce((sum, column, at) => sum + row[at]! * values[column]!, 0);
      columns.forEach((column, at) => product[column]! += row[at]! * seen);
    }
    product.forEach((value, i) => assert.ok(Math.abs(value - right[i]!) < 1e-8));
  }
});

Deno.test("NormalEquations.factor() refuses an unknown that no equation tells", () => {
  const matrix = new NormalEquations([0, 0]);
  matrix.addOuter([0], [1]);
  assert.throws(() => matrix.factor(new Float64Array(2)), RangeError);
});
