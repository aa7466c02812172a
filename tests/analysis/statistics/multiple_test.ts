import assert from "node:assert/strict";
import { detectionFloor, holmCorrected } from "../../../lib/analysis/statistics/mod.ts";

Deno.test("holmCorrected() never reorders, never passes 1, and leaves out what has no test", () => {
  assert.deepEqual(holmCorrected([0.01, 0.04, null, 0.03]), [0.03, 0.06, null, 0.06]);
  assert.deepEqual(holmCorrected([0.9, 0.8]), [1, 1]);
  assert.deepEqual(holmCorrected([0.02]), [0.02]);
  assert.deepEqual(holmCorrected([]), []);
});

Deno.test("detectionFloor() falls with pairs and with what is known of the noise", () => {
  const floor = (degrees: number, pairs: number) =>
    detectionFloor({ variance: 1, degrees }, pairs, pairs - 1) ?? NaN;
  assert.ok(floor(8, 5) > floor(8, 10) && floor(8, 10) > floor(18, 10));
  // Much known, many pairs: 1.96 + 1.28 standard errors.
  const known = detectionFloor({ variance: 1, degrees: 1e5 }, 10_000, 9999) ?? NaN;
  assert.ok(Math.abs(known - 0.0324) < 2e-4, `${known}`);
  assert.equal(detectionFloor({ variance: 1, degrees: 0 }, 5, 4), null);
});
