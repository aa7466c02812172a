import assert from "node:assert/strict";
import { scratch } from "../store/scene.ts";
import { runTask } from "./run_task.ts";
import { storeArms } from "./stored_arms.ts";

Deno.test("compare tells arms apart, by label and by name, and says what cannot be told", async () => {
  using scene = scratch();
  const ids = storeArms(scene.path, [
    { tag: "before", factor: 1, processes: 5 },
    { tag: "after", factor: 1.1, processes: 5 },
    { tag: "again", factor: 1, processes: 5 },
  ]);
  const compare = (...args: string[]) => runTask("compare", ["--db", scene.path, ...args]);

  const named = await compare("tag:before", "tag:after", "--json");
  assert.equal(named.code, 0, named.stderr);
  const { metric, comparisons: [one] } = JSON.parse(named.stdout);
  assert.equal(metric, "joulesPerToken");
  assert.deepEqual([one.a.runs, one.b.processes, one.scope], [10, 5, "machine"]);
  assert.equal(one.outcome, "higher");
  assert.ok(one.percent.low < 10 && one.percent.high > 10);

  const by = await compare("--by", "tag");
  assert.equal(by.code, 0, by.stderr);
  assert.match(by.stdout, /^arm +runs +processes +energy per token, J/);
  assert.match(by.stdout, /p \(Holm\)/);
  assert.match(by.stdout, /Verdict +Energy per token of after is .* higher than of before/);
  assert.match(by.stdout, /Verdict +No difference can be seen \(floor [\d.]+ %\)/);

  const nulls = await compare("tag:before", "tag:after", "--null", "tag:again", "--json");
  assert.equal(JSON.parse(nulls.stdout).comparisons[0].floor.from, "null arms", nulls.stderr);

  const runs = await compare("last~10", "last", "--json");
  const [two] = JSON.parse(runs.stdout).comparisons;
  assert.deepEqual([two.a.label, two.a.runs, two.scope], ["last~10", 1, "process"]);
  assert.match(two.verdict, /this process only/);

  const times = await compare("tag:before", "tag:after", "--metric", "tokensPerSecond");
  assert.match(times.stdout, /Verdict +No difference can be seen/);

  const typo = await compare(ids[0]!.replace(/.$/, "z"), "last");
  assert.equal(typo.code, 2);
  assert.match(typo.stderr, /holds no such run; did you mean \d{8}-/);
  for (
    const [args, says] of [
      [[], /Cannot compare nothing; name two arms/],
      [["last"], /Cannot compare one arm/],
      [["tag:x", "tag:after"], /Cannot compare "tag:x": no complete run in .* matches/],
      [["colour:red", "last"], /"colour" \(in "colour:red"\); use one of model, precision/],
      [["tag:", "last"], /"tag:" has no value; write tag:VALUE/],
      [["--by", "experiment"], /the 30 runs have "made" only/],
      [["--by", "tag", "last"], /both named arms and --by/],
      [["last~10", "last", "--metric", "joy"], /one of joulesPerToken, /],
      [["last~10", "last", "--metric", "component:nope"], /the run of last~10 does not have it/],
      [["last~99", "last"], /no such run/],
      [["last", "tag:again"], /Cannot compare "last" with "again": both hold run /],
    ] as const
  ) {
    const { code, stderr } = await compare(...args);
    assert.equal(code, 2, stderr);
    assert.match(stderr, says);
    assert.equal(stderr.trim().split("\n").length, 1, stderr);
  }
});
