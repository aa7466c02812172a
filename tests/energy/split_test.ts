import assert from "node:assert/strict";
import { splitRecord } from "../../lib/energy/split.ts";

function segment(durationMs: number, expectedMw: number, errorMw: number, deviationMj = 0) {
  return { durationMs, expectedMw, errorMw, deviationMj };
}

function near(parts: readonly number[], expected: readonly number[]): void {
  parts.forEach((part, index) => assert.ok(Math.abs(part - (expected[index] ?? NaN)) < 1e-9));
}

Deno.test("splitRecord() leaves to the other what a known segment does not hold", () => {
  near(splitRecord(500, [segment(40, 2000, 0), segment(60, 5000, 300)]), [80, 420]);
});

Deno.test("splitRecord() gives no part less than nothing", () => {
  near(splitRecord(50, [segment(40, 2000, 0), segment(60, 5000, 300)]), [50, 0]);
});

Deno.test("splitRecord() shares what is unexpected by variance", () => {
  // 40 ms ± 1 W against 80 ms ± 1 W: variances as 1 to 4, and 100 mJ more than expected.
  near(splitRecord(220, [segment(40, 1000, 1000), segment(80, 1000, 1000)]), [60, 160]);
});

Deno.test("splitRecord() shares by time where nothing at all is expected", () => {
  near(splitRecord(100, [segment(25, 0, 0), segment(75, 0, 0)]), [25, 75]);
});

Deno.test("splitRecord() leaves a record's own rounding to the segments that are not known", () => {
  near(splitRecord(0, [segment(40, 2000, 0), segment(60, 5000, 300)], -1), [0, -1]);
  near(splitRecord(500, [segment(40, 2000, 0), segment(60, 5000, 300)], 1), [80, 421]);
});

Deno.test("splitRecord() adds up with any deviation, and mirrored ones leave the mean alone", () => {
  const parts = [1, -1].map((sign) =>
    splitRecord(300, [
      segment(20, 3000, 0, 15 * sign),
      segment(50, 2000, 500, 40 * sign),
      segment(30, 4000, 900, -8 * sign),
    ])
  );
  for (const part of parts) assert.ok(Math.abs(part.reduce((a, b) => a + b) - 300) < 1e-9);
  const [up = [], down = []] = parts;
  const still = splitRecord(300, [
    segment(20, 3000, 0),
    segment(50, 2000, 500),
    segment(30, 4000, 900),
  ]);
  near(up.map((part, at) => (part + (down[at] ?? NaN)) / 2), still);
  assert.notEqual(up[0], down[0]);
});
