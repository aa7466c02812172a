import assert from "node:assert/strict";
import { join } from "node:path";
import type { PrintedRun } from "../../tasks/profile/json.ts";
import { runTask, SHORT } from "./run_task.ts";

const db = join(Deno.makeTempDirSync(), "runs.db");
const ESTIMATE = ["--power", "estimate", ...SHORT, "--db", db];

Deno.test("profile --depth operation --activations deep prints parts that add up, and show prints them again", async () => {
  const { code, stdout, stderr } = await runTask("profile", [
    ...ESTIMATE,
    "--depth",
    "operation",
    "--activations",
    "deep",
    "--json",
  ]);
  assert.equal(code, 0, stderr);
  const run: PrintedRun = JSON.parse(stdout);
  assert.equal(run.inside?.depth, "operation");
  for (const { phase, energy } of run.phases) {
    const parts = run.inside.parts.filter((part) => part.phase === phase);
    if (parts.length === 0) continue;
    const sum = parts.reduce((total, { energyMj }) => total + (energyMj ?? NaN), 0);
    assert.ok(Math.abs(sum - (energy.mj ?? NaN)) <= 1e-9 * sum, `${phase}: ${sum} ${energy.mj}`);
  }
  assert.ok(run.inside.operations.some(({ operation }) => operation.includes("q_proj/MatMul")));
  assert.deepEqual(Object.keys(run.inside).filter((key) => ["cells", "deep"].includes(key)), []);

  const shown = await runTask("show", ["last", "--db", db, "--json"]);
  assert.deepEqual(JSON.parse(shown.stdout), run);
  const people = await runTask("show", ["last", "--db", db]);
  assert.match(people.stdout, /Inside a decode step \(mean of 7; shares of time, from a twin run/);
  assert.match(people.stdout, /attention +[\d.]+ ms +[\d.]+ % +.* mJ \(.* to .*\)/);
});

Deno.test("profile --amplify says how long it takes, and prints each loop beside its component", async () => {
  const { code, stdout, stderr } = await runTask("profile", [
    ...["--power", "rig:m4max", ...SHORT, "--db", db],
    ...["--interval-ms", "50", "--amplify", "down_proj"],
  ]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^Loops {2}down_proj: about \d+ s$/m);
  assert.match(
    stdout,
    /^Loops {2}down_proj: −?\d+ % of the decode .*not scaled; the rest is "other"$/m,
  );
  assert.match(stdout, /down_proj .* mJ \(.* to .*\) .* mJ {2}amplified/);
  assert.match(stdout, /^other .* shared$/m);
  const shown = await runTask("show", ["last", "--db", db, "--json"]);
  const { inside }: PrintedRun = JSON.parse(shown.stdout);
  assert.deepEqual(inside?.amplified?.map(({ components }) => components), [
    ["down_proj"],
    ["down_proj"],
  ]);
});

for (
  const [args, message] of [
    [["--amplify", "q_proj,moe"], /Cannot amplify "moe"; use one of .*q_proj/],
    [["--amplify", "nope"], /Cannot amplify "nope"/],
    [["--batch-size", "2", "--resolve", "tokens"], /a batch of 2 with resolve tokens/],
    [["--batch-size", "2", "--depth", "component"], /a batch of 2 with depth component/],
    [["--amplify", "q_proj,,"], /argument 'q_proj,,' is invalid.*q_proj,down_proj/],
    [["--amplify", "all", "--depth", "token"], /what is amplified are components/],
    [["--depth", "layer"], /argument 'layer' is invalid/],
    [["--activations", "all"], /argument 'all' is invalid/],
    [["--depth", "token", "--activations", "on"], /activations belong to components/],
  ] as const
) {
  Deno.test(`profile refuses ${args.join(" ")} in one line, before it introduces anything`, async () => {
    const { code, stdout, stderr } = await runTask("profile", [...ESTIMATE, ...args]);
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /\n\s+at /);
  });
}
