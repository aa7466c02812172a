import assert from "node:assert/strict";
import { fitLine } from "../../../lib/analysis/statistics/mod.ts";
import { normals } from "../normals.ts";

const LONG = Deno.env.get("TOKENWATT_LONG") ? 10 : 1;

Deno.test("fitLine() is the textbook's line", () => {
  // y = 1.3 + 0.9 x through (1, 2), (2, 3), (3, 5), (4, 4), (5, 6): s² = 1.9 ÷ 3, Σ(x − x̄)² = 10.
  const points = [2, 3, 5, 4, 6].map((y, index) => ({ x: index + 1, y, weight: 1 }));
  const line = fitLine(points);
  assert.ok(line && Math.abs(line.slope - 0.9) < 1e-12 && Math.abs(line.intercept - 1.3) < 1e-12);
  const expected = 3.182 * Math.sqrt(1.9 / 3 / 10);
  assert.ok(Math.abs(line.slopeError / expected - 1) < 2e-3, `${line.slopeError} ${expected}`);
});

Deno.test("fitLine() counts a point as often as it weighs", () => {
  const points = [[0, 1], [1, 3], [2, 2], [3, 5]].map(([x = 0, y = 0]) => ({ x, y, weight: 1 }));
  const once = fitLine([...points.slice(0, 3), { ...points[3]!, weight: 2 }]);
  const twice = fitLine([...points, points[3]!]);
  assert.ok(once && twice && Math.abs(once.slope - twice.slope) < 1e-12);
  assert.ok(Math.abs(once.intercept - twice.intercept) < 1e-12);
});

Deno.test("fitLine() knows no line through two points, or through points of one x", () => {
  const point = (x: number, y: number) => ({ x, y, weight: 1 });
  assert.equal(fitLine([]), null);
  assert.equal(fitLine([point(0, 1), point(1, 2)]), null);
  assert.equal(fitLine([point(1, 1), point(1, 2), point(1, 3)]), null);
  assert.equal(fitLine([point(0, 1), point(1, 2), point(2, 3)])?.slopeError, 0);
});

Deno.test("fitLine() holds the true slope in 95 % of cases, and nearly as often where errors drift", () => {
  for (const [memory, least] of [[0, 0.93], [0.6, 0.88]] as const) {
    let held = 0;
    const cases = 400 * LONG;
    for (let seed = 1; seed <= cases; seed++) {
      const normal = normals(seed * 7919);
      let error = normal();
      const points = Array.from({ length: 60 }, (_, x) => {
        error = memory * error + Math.sqrt(1 - memory ** 2) * normal();
        return { x, y: 20 + 0.01 * x + error, weight: 1 };
      });
      const line = fitLine(points);
      if (line && Math.abs(line.slope - 0.01) <= line.slopeError) held++;
    }
    const share = held / cases;
    assert.ok(share >= least && share < 0.995, `memory ${memory}: ${share}`);
  }
});
