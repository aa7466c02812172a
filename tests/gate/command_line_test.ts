import assert from "node:assert/strict";
import { join } from "node:path";
import { runDeno } from "../../tasks/test/command.ts";

const ROOT = join(import.meta.dirname!, "..", "..");

function gate(...args: string[]) {
  return runDeno(["run", "-q", "--no-prompt", "-A", "tasks/test.ts", ...args], {
    cwd: ROOT,
    show: false,
  });
}

Deno.test("deno task test --help names every step and ends with code 0", async () => {
  const { code, text } = await gate("--help");
  assert.equal(code, 0);
  for (const step of ["format", "lint", "types", "examples", "tests", "notebooks"]) {
    assert.ok(text.includes(step), `${step} is missing in:\n${text}`);
  }
});

Deno.test("deno task test refuses unknown rooms, steps and flags with code 2", async () => {
  for (
    const [args, message] of [
      [["attic"], /No tests at tests\/attic; name a folder under tests\//],
      [["--step", "polish"], /No step "polish".*format, lint/],
      [["--fast"], /unknown option '--fast'/],
    ] as const
  ) {
    const { code, text } = await gate(...args);
    assert.equal(code, 2);
    assert.match(text, message);
  }
});
