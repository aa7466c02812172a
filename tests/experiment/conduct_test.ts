import assert from "node:assert/strict";
import type { RunRecord } from "../../lib/analysis/mod.ts";
import { InputError } from "../../lib/errors.ts";
import { conduct, type Laboratory } from "../../lib/experiment/conduct.ts";
import { type Cell, keyOf, orderOf } from "../../lib/experiment/order.ts";
import { planExperiment } from "../../lib/experiment/plan.ts";
import type { ExperimentProgress } from "../../lib/experiment/mod.ts";
import { madeRun } from "../analysis/made_runs.ts";

const model = "m";
const plan = planExperiment("two", {
  arms: { A: { model }, B: { model } },
  prompts: ["x"],
  processes: 2,
});
const order = orderOf(plan.arms.map(({ name }) => name), 2, "abba", 1);

/** Keeps a log of what is asked of it. */
function laboratory(
  run: (cell: Cell, attempt: number) => RunRecord[] = () => [madeRun()],
  found: Cell[] = [],
): Laboratory & { log: string[] } {
  const log: string[] = [];
  const attempts = new Map<string, number>();
  return {
    log,
    found: () => new Map(found.map((cell) => [keyOf(cell), [madeRun()]])),
    admit: () => Promise.resolve(void log.push("admit")),
    rest: () => Promise.resolve(void log.push("rest")),
    run: (cell) => {
      const attempt = (attempts.get(keyOf(cell)) ?? 0) + 1;
      attempts.set(keyOf(cell), attempt);
      log.push(keyOf(cell));
      return Promise.try(() => run(cell, attempt));
    },
  };
}

Deno.test("conduct() looks at the machine before each round, and rests between processes", async () => {
  const lab = laboratory();
  const { cells, failures, interrupted } = await conduct(plan, order, lab, {});
  assert.deepEqual(lab.log, [
    ...["admit", "0 A", "rest", "0 B", "rest", "0 A again", "rest"],
    ...["admit", "1 A again", "rest", "1 B", "rest", "1 A"],
  ]);
  assert.deepEqual([cells.size, failures, interrupted], [6, [], false]);
});

Deno.test("conduct() does not run again what is there", async () => {
  const lab = laboratory(undefined, [{ round: 0, arm: "A" }, { round: 0, arm: "B" }, {
    round: 0,
    arm: "A again",
  }, { round: 1, arm: "B" }]);
  const told: ExperimentProgress[] = [];
  const { cells } = await conduct(plan, order, lab, { live: (progress) => told.push(progress) });
  assert.deepEqual(lab.log, ["admit", "1 A again", "rest", "1 A"]);
  assert.equal(cells.size, 6);
  assert.deepEqual([told.at(-1)?.done, told.at(-1)?.total, told.at(-1)?.fraction], [6, 6, 1]);
});

Deno.test("conduct() begins a crashed process once more, then reports it and goes on", async () => {
  const lab = laboratory(({ arm, round }, attempt) => {
    if (arm === "B" && (round === 0 || attempt === 1)) throw new Error(`crash ${attempt}`);
    return [madeRun()];
  });
  const { cells, failures } = await conduct(plan, order, lab, {});
  assert.deepEqual(failures, [{ round: 0, arm: "B", reason: "crash 2" }]);
  assert.equal(cells.size, 5);
  assert.equal(lab.log.filter((entry) => entry === "1 B").length, 2);
});

Deno.test("conduct() does not try again what no second try mends", async () => {
  const lab = laboratory(() => {
    throw new InputError("Cannot open the model", { remedy: "check the path" });
  });
  await assert.rejects(conduct(plan, order, lab, {}), /check the path/);
  assert.deepEqual(lab.log, ["admit", "0 A"]);
});

Deno.test("conduct() keeps what is there when it is stopped", async () => {
  const controller = new AbortController();
  const lab = laboratory(({ arm }) => {
    if (arm === "A") return [madeRun()];
    controller.abort();
    throw new Error("The process was stopped");
  });
  const { signal } = controller;
  const { cells, failures, interrupted } = await conduct(plan, order, lab, { signal });
  assert.deepEqual([[...cells.keys()], failures, interrupted], [["0 A"], [], true]);
  assert.deepEqual(lab.log, ["admit", "0 A", "rest", "0 B"]);
});

Deno.test("conduct() leaves out what a longer experiment has left, and ends whole when it is whole", async () => {
  const lab = laboratory(undefined, [...order, { round: 2, arm: "A" }]);
  const signal = AbortSignal.abort();
  const { cells, interrupted } = await conduct(plan, order, lab, { signal });
  assert.deepEqual([cells.size, interrupted, lab.log], [6, false, []]);
});
