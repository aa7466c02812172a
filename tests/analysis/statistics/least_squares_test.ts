import assert from "node:assert/strict";
import { fitLeastSquares } from "../../../lib/analysis/statistics/mod.ts";
import { cases, normals, shareBounds } from "../normals.ts";
import { near } from "./near.ts";

const X = [1, 2, 3, 4, 5, 6.5];
const Y = [2.1, 3.9, 6.2, 7.7, 10.4, 13.3];

Deno.test("fitLeastSquares() fits the parabola that numpy and scipy fit", () => {
  const fit = fitLeastSquares(X.map((x) => [x, x * x]), Y);
  assert.ok(fit);
  const [constant, slope, square] = fit.coefficients;
  near(constant?.value, 0.16783922309, 1e-9);
  near(slope?.value, 1.8688103587806708, 1e-9);
  near(square?.value, 0.024817912058269886, 1e-8);
  near(fit.rSquared, 0.9971391116315952, 1e-12);
  near((constant?.high ?? NaN) - (constant?.value ?? NaN), 1.51019074);
  near((square?.value ?? NaN) - (square?.low ?? NaN), 0.12007403);
  const at = [4.5, 4.5 ** 2];
  near(fit.meanAt(at).value, 9.080048556784464, 1e-9);
  near(fit.meanAt(at).high - fit.meanAt(at).value, 0.5350879587336068);
  near(fit.nextAt(at).high - fit.nextAt(at).value, 1.0549000952160847);
});

Deno.test("fitLeastSquares() is not moved by the size of its columns", () => {
  const scaled = fitLeastSquares(X.map((x) => [x * 1e9, (x * 1e9) ** 2]), Y);
  near(scaled?.coefficients[1]?.value, 1.8688103587806708e-9, 1e-6);
  near(scaled?.coefficients[2]?.value, 0.024817912058269886e-18, 1e-6);
});

Deno.test("fitLeastSquares() gives no fit where the points cannot tell", () => {
  assert.equal(fitLeastSquares([[1], [2]], [1, 2]), null);
  assert.equal(fitLeastSquares([[1], [1], [1]], [1, 2, 3]), null);
  assert.equal(fitLeastSquares([], []), null);
  assert.equal(fitLeastSquares(X.map((x) => [x, 2 * x]), Y), null);
});

Deno.test("fitLeastSquares() holds planted slopes, and the next point, in 95 % of cases", () => {
  const count = cases(4000);
  const normal = normals(5);
  let [slopes, points] = [0, 0];
  for (let trial = 0; trial < count; trial++) {
    const fit = fitLeastSquares(X.map((x) => [x]), X.map((x) => 3 + 0.5 * x + 0.2 * normal()));
    const slope = fit?.coefficients[1];
    if (slope && slope.low <= 0.5 && 0.5 <= slope.high) slopes++;
    const next = fit?.nextAt([7]);
    const seen = 3 + 0.5 * 7 + 0.2 * normal();
    if (next && next.low <= seen && seen <= next.high) points++;
  }
  const [low, high] = shareBounds(0.95, 0.95, count);
  for (const held of [slopes, points]) {
    assert.ok(held / count > low && held / count < high, `${held / count}`);
  }
});

Deno.test("fitLeastSquares() counts a point that is worth three as three", () => {
  const worths = [1, 3, 1, 1, 2, 1];
  const often = worths.flatMap((worth, at) => Array<number>(worth).fill(at));
  const weighted = fitLeastSquares(X.map((x) => [x]), Y, worths);
  const repeated = fitLeastSquares(often.map((at) => [X[at]!]), often.map((at) => Y[at]!));
  weighted?.coefficients.forEach(({ value }, at) =>
    near(value, repeated!.coefficients[at]!.value, 1e-12)
  );
  near(weighted?.rSquared, repeated!.rSquared, 1e-12);
  assert.equal(weighted?.degrees, 4);
});
