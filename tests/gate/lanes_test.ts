import assert from "node:assert/strict";
import { openLanes } from "../../tasks/test/lanes.ts";

Deno.test("openLanes() runs so many jobs at once, in the order in which they came", async () => {
  const lanes = openLanes(2);
  const started: number[] = [];
  const ends = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
  const jobs = ends.map(({ promise }, job) =>
    lanes(async () => {
      started.push(job);
      await promise;
      return job;
    })
  );
  const settled = () => new Promise((resolve) => setTimeout(resolve));
  await settled();
  assert.deepEqual(started, [0, 1]);
  ends[1]!.resolve();
  await settled();
  assert.deepEqual(started, [0, 1, 2]);
  for (const { resolve } of ends) resolve();
  assert.deepEqual(await Promise.all(jobs), [0, 1, 2, 3, 4]);
  assert.deepEqual(started, [0, 1, 2, 3, 4]);
});

Deno.test("openLanes() goes on after a job that throws, and lets late jobs in", async () => {
  const lanes = openLanes(1);
  const broken = lanes(() => Promise.reject(new Error("planted")));
  const after = lanes(() => Promise.resolve("after"));
  await assert.rejects(broken, /planted/);
  assert.equal(await after, "after");
  assert.equal(await lanes(() => Promise.resolve("late")), "late");
});

Deno.test("openLanes() lets early jobs in before those that came earlier, never more at once", async () => {
  const lanes = openLanes(1);
  const order: string[] = [];
  let running = 0;
  const job = (name: string) => async () => {
    assert.equal(++running, 1);
    order.push(name);
    await new Promise((resolve) => setTimeout(resolve));
    running--;
  };
  await Promise.all([
    lanes(job("first")),
    lanes(job("second")),
    lanes(job("early"), true),
    lanes(job("early too"), true),
  ]);
  assert.deepEqual(order, ["first", "early", "early too", "second"]);
});
