import assert from "node:assert/strict";
import { workContest } from "../../tasks/bench/work.ts";
import { WORK_MEASURES } from "../../tasks/bench/work_measures.ts";
import { testUnless } from "../gate/needs.ts";

Deno.test("workContest() lets both warm up, then take turns in the order ABBA BAAB", async () => {
  const log: string[] = [];
  const side = (name: string, ms: number) => () => {
    log.push(name);
    return ms + log.length / 1000;
  };
  const rounds = await workContest(
    { base: side("A", 1), subject: side("B", 2) },
    { rounds: 2, watchesLoad: false },
    () => log.push("|"),
  );
  assert.equal(log.join(""), "AB|ABBA|BAAB");
  assert.deepEqual(rounds.map(({ baseMs }) => baseMs), [[1.004, 1.007], [1.010, 1.011]]);
  assert.deepEqual(rounds.map(({ subjectMs }) => subjectMs), [[2.005, 2.006], [2.009, 2.012]]);
});

// What needs another package or builds 0.5 GB is left to `deno task bench`.
for (const name of ["parse-plistlib", "store-bare", "store-python"]) {
  const measure = WORK_MEASURES.find((one) => one.name === name)!;
  const lacking = await measure.whyNot?.() ?? null;
  testUnless(lacking, `the measure ${name} measures both sides`, async () => {
    await using sides = await measure.open();
    const times = [await sides.base(), await sides.subject()];
    for (const ms of times) assert.ok(ms > 0 && ms < 1e5, `${ms}`);
  });
}
