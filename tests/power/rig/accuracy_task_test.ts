import assert from "node:assert/strict";
import { runTask } from "../../tasks/run_task.ts";

Deno.test("deno task accuracy --json prints rows, alignment and goals, and nothing else", async () => {
  const { code, stdout, stderr } = await runTask("accuracy", [
    "--runs",
    "10",
    "--seed",
    "4",
    "--json",
  ]);
  assert.equal(code, 0, stderr);
  assert.equal(stderr, "");
  const { runs, seed, rows, alignment, goals } = JSON.parse(stdout);
  assert.deepEqual([runs, seed], [10, 4]);
  assert.ok(goals.length >= 6 && alignment.length >= 10);
  for (const row of rows) {
    assert.ok(["phase", "token", "layer", "component"].includes(row.what), row.what);
    if (row.what === "token") assert.ok(row.tokenMs > 0, JSON.stringify(row));
    assert.ok(row.medianError >= 0 && row.medianError <= row.p95Error, JSON.stringify(row));
    if (row.interval === null) assert.equal(row.coverage, null);
    else assert.ok(row.coverage >= 0 && row.coverage <= 1, JSON.stringify(row));
  }
});

Deno.test("deno task accuracy refuses what it cannot do, with exit code 2", async () => {
  for (const args of [["--runs", "3"], ["--runs", "many"], ["--seed", "-1"], ["--fast"]]) {
    const { code, stdout, stderr } = await runTask("accuracy", args);
    assert.equal(code, 2, args.join(" "));
    assert.equal(stdout, "");
    assert.match(stderr, /^error: .*\n$/);
  }
});
