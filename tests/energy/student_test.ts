import assert from "node:assert/strict";
import { studentWidening } from "../../lib/energy/student.ts";

Deno.test("studentWidening() is what tables have, also of few differences", () => {
  // scipy.stats.t.ppf(0.975, freedom)
  const points = [[1, 12.706], [2, 4.303], [3, 3.182], [5, 2.571], [10, 2.228], [1e6, 1.96]];
  for (const [freedom, point] of points) {
    const ratio = 1.96 * studentWidening(freedom!) / point!;
    assert.ok(Math.abs(ratio - 1) < 0.01, `${freedom}: ${ratio}`);
  }
});
