import assert from "node:assert/strict";
import {
  estimateLines,
  estimateOf,
  figureText,
  percentOf,
  unitsOf,
} from "../../tasks/answers/lines.ts";
import { scratch } from "../store/scene.ts";
import { runTask } from "./run_task.ts";
import { storeArms } from "./stored_arms.ts";

const WIDE = { value: 1060, low: 1.46, high: 768_243, resolved: false };

Deno.test("estimateOf() prints no interval of two units, but that of three, and a run's own", () => {
  assert.equal(estimateOf(WIDE, 2), "1,060 (too few)");
  for (const units of [1, 3]) assert.equal(estimateOf(WIDE, units), "1,060 (1.46 to 768,243)");
  assert.equal(estimateOf({ ...WIDE, low: null, high: null }, 2), "1,060");
  assert.equal(estimateOf(null, 2), "–");
});

Deno.test("percentOf() tells no end that says only that little is known", () => {
  assert.equal(percentOf(WIDE, 3), ">1,000 (1.46 to >1,000)");
  assert.equal(
    percentOf({ ...WIDE, value: 1500, low: 1400, high: 1600 }, 3),
    "1,500 (1,400 to 1,600)",
  );
  assert.equal(percentOf(WIDE, 2), ">1,000 (too few)");
});

Deno.test("figureText() counts processes, and runs where these are of one process or of no known one", () => {
  const units = (runs: number, processes: number | null) => unitsOf({ runs, processes });
  assert.deepEqual([units(8, 2), units(8, 1), units(8, null)], [2, 8, 8]);
  assert.equal(figureText({ ...WIDE, runs: 8, processes: 2 }), "1,060 (too few)");
  assert.match(figureText({ ...WIDE, runs: 8, processes: 1 }), /1\.46 to/);
});

Deno.test("estimateLines() says below a table what its intervals lack, and only where one does", () => {
  const lines = (cell: string) => estimateLines([{ title: "J" }], [[cell]]).join("\n");
  assert.match(lines("1 (too few)"), /\n.*\(too few\): too few processes for an interval; run/);
  assert.equal(lines("1 (1 to 2)"), "J\n1 (1 to 2)");
});

Deno.test("compare prints no interval of two processes, and keeps it in JSON", async () => {
  using scene = scratch();
  storeArms(scene.path, [
    { tag: "before", factor: 1, processes: 2 },
    { tag: "after", factor: 1.1, processes: 2 },
  ]);
  const args = ["tag:before", "tag:after", "--db", scene.path];
  const { stdout, stderr } = await runTask("compare", args);
  const [, before, after, note] = stdout.split("\n") as [string, string, string, string];
  assert.equal(before.match(/\(too few\)/g)?.length, 1, stderr);
  assert.equal(after.match(/\(too few\)/g)?.length, 2);
  assert.match(note, /too few processes for an interval; run at least 3/);
  const { comparisons: [{ a, percent }] } = JSON.parse(
    (await runTask("compare", [...args, "--json"])).stdout,
  );
  for (const { low, high } of [a.value, percent]) assert.ok(low < high);
});
