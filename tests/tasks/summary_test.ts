import assert from "node:assert/strict";
import { sampleRun } from "../fixtures/run.ts";
import { summaryLines } from "../../tasks/profile/summary.ts";

function powerLine(totals: Partial<ReturnType<typeof sampleRun>["totals"]>): string {
  const run = sampleRun();
  const lines = summaryLines({ ...run, totals: { ...run.totals, ...totals } });
  return lines.find((line) => line.includes("peak"))!;
}

Deno.test("summaryLines() tells a mean power as one number where its energy is known", () => {
  const line = powerLine({ energyMj: 100, lowMj: 95, highMj: 105, durationMs: 10, meanMw: 10_000 });
  assert.match(line, /mean 10\.0 W/);
});

Deno.test("summaryLines() tells limits of a mean that could be double or nothing", () => {
  const line = powerLine({ energyMj: 46, lowMj: 0, highMj: 92, durationMs: 2, meanMw: 22_900 });
  assert.match(line, /mean between 0(\.\d+)? m?W and 46\.0 W/);
});
