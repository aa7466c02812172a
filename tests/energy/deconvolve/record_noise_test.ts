import assert from "node:assert/strict";
import { uniforms } from "../../../lib/energy/draws.ts";
import { rankCorrelation } from "../../../lib/energy/deconvolve/rank_correlation.ts";
import { noiseOf } from "../../../lib/energy/deconvolve/record_noise.ts";

function series(phi: number, theta: number): number[] {
  const random = uniforms(11);
  let [own, before, error] = [0, 0, 0];
  return Array.from({ length: 3000 }, () => {
    own = random() + random() + random() - 1.5;
    error = phi * error + own - theta * before;
    before = own;
    return error;
  });
}

Deno.test("noiseOf() tells slow waves, late counters and errors on their own apart", () => {
  assert.deepEqual(noiseOf(series(0, 0)), { phi: 0, theta: 0 });
  assert.equal(noiseOf(series(0.9, 0)).phi, 0.9);
  const late = noiseOf(series(0, 0.7));
  assert.ok(late.phi <= 0.3 && late.theta >= 0.6 && late.theta <= 0.9);
});

Deno.test("rankCorrelation() looks at order only, and shares ranks of equal values", () => {
  assert.equal(rankCorrelation([1, 2, 3, 4], [1, 10, 100, 1000]), 1);
  assert.equal(rankCorrelation([1, 2, 3], [3, 2, 1]), -1);
  assert.equal(rankCorrelation([1, 1, 1], [3, 2, 1]), 0);
  const tied = rankCorrelation([1, 2, 2, 3], [1, 2, 3, 4]);
  assert.ok(tied > 0.9 && tied < 1);
});
