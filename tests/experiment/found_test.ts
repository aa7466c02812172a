import assert from "node:assert/strict";
import { cellsIn } from "../../lib/experiment/found.ts";
import { planExperiment } from "../../lib/experiment/plan.ts";
import { ProfileDatabase } from "../../lib/store/mod.ts";
import { sampleRun } from "../fixtures/run.ts";
import { headerOf } from "../store/scene.ts";

const model = "m";
const plan = planExperiment("two", {
  arms: { A: { model }, B: { model } },
  prompts: ["x", "y"],
  processes: 2,
});

Deno.test("cellsIn() finds processes that are whole, of this very experiment", () => {
  using database = ProfileDatabase.open(":memory:");
  const write = (
    place: { arm: string; round: number; prompt: number },
    { id = "this", experiment = "two", status = "complete", hours = 0 } = {},
  ) => {
    const run = sampleRun();
    const startedAtMs = run.trace.samples[0]!.startMs + hours * 3_600_000;
    const options = { memo: { experiment: id, ...place } };
    const runId = database.createRun(headerOf(run, { startedAtMs, experiment, options }));
    if (status === "complete") database.finishRun(runId, { status, result: run });
    else database.finishRun(runId, { status: "interrupted" });
    return runId;
  };
  const second = write({ arm: "A", round: 0, prompt: 1 });
  const first = write({ arm: "A", round: 0, prompt: 0 });
  write({ arm: "B", round: 0, prompt: 0 });
  write({ arm: "B", round: 0, prompt: 1 }, { status: "interrupted" });
  write({ arm: "A", round: 1, prompt: 0 }, { id: "another" });
  write({ arm: "A", round: 1, prompt: 1 }, { experiment: "another" });
  write({ arm: "gone", round: 1, prompt: 0 });
  const found = cellsIn(database, plan, "this");
  assert.deepEqual([...found.cells.keys()], ["0 A"]);
  assert.deepEqual(found.cells.get("0 A")?.map(({ runId }) => runId), [first, second]);
  assert.deepEqual(found.notes, ["1 process is of an earlier session"]);

  write({ arm: "B", round: 0, prompt: 1 }, { hours: 14 });
  const later = cellsIn(database, plan, "this");
  assert.equal(later.cells.size, 2);
  assert.match(later.notes.join(), /1 rounds were not measured in one go/);
  assert.deepEqual(cellsIn(database, plan, "none"), { cells: new Map(), notes: [] });
});
