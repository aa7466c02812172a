import assert from "node:assert/strict";
import { runTask } from "./run_task.ts";

Deno.test("notebook refuses what it cannot open, in one line", async () => {
  const cases: [string[], RegExp][] = [
    [["99"], /Cannot open the notebook "99": there is none; choose one of 01-first-profile\.ipynb/],
    [["--port", "0"], /whole number, 1 to 65535/],
    [["--port"], /argument missing/],
    [["--force"], /unknown option '--force'/],
  ];
  for (const [args, says] of cases) {
    const { code, stderr } = await runTask("notebook", args);
    assert.equal(code, 2, stderr);
    assert.match(stderr, says);
    assert.equal(stderr.trim().split("\n").length, 1, stderr);
  }
});

Deno.test("notebook --help shows its options and examples", async () => {
  const { code, stdout } = await runTask("notebook", ["--help"]);
  assert.equal(code, 0);
  for (
    const part of ["--port", "--no-open", ".venv", "Ctrl-C", "Examples:\n  deno task notebook"]
  ) {
    assert.ok(stdout.includes(part), part);
  }
});
