import assert from "node:assert/strict";
import { compareRuns, correctedVerdict } from "../../../lib/analysis/mod.ts";
import { madeRun } from "../made_runs.ts";

const WAVER = [0, 1, -1, 2, -2];
Deno.test("correctedVerdict() takes back what only looking often enough has found", () => {
  const arm = (level: number) =>
    WAVER.map((percent, pid) =>
      madeRun({ joules: level * (1 + 0.01 * percent), pid, prompt: "x" })
    );
  const found = compareRuns(arm(1), arm(1.02).toReversed(), { labels: ["A", "B"] });
  const comparison = { ...found, outcome: "higher" as const, test: { ...found.test, p: 0.03 } };
  assert.match(
    correctedVerdict(comparison, 0.09, 3),
    /^No difference can be seen between A and B \(\+2\.0 % with p = 0\.030, but p = 0\.090 corrected for 3/,
  );
  assert.match(correctedVerdict(comparison, 0.04, 3), /; p = 0\.040 corrected for 3 comparisons$/);
  assert.equal(correctedVerdict(comparison, 0.03, 1), comparison.verdict);
});

Deno.test("correctedVerdict() tells no percentage beyond 1000", () => {
  const found = compareRuns(madeRun({ joules: 1 }), madeRun({ joules: 2 }));
  const percent = { value: 4213, low: -72, high: 84_213, resolved: true };
  const far = { ...found, percent, outcome: "higher" as const };
  assert.match(correctedVerdict(far, 0.2, 2), /\(more than \+1000 % with p /);
});
