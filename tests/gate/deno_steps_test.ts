import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { countTests } from "../../tasks/test/deno_steps.ts";
import { runDeno } from "../../tasks/test/command.ts";

const counts = ({ passed, failed, skips }: ReturnType<typeof countTests>) => [
  passed,
  failed,
  skips.length,
];

Deno.test("countTests() counts what a real run of deno test prints", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tokenwatt-gate-"));
  await writeFile(
    join(folder, "planted_test.ts"),
    `console.warn("SKIPPED b: no meter");
     Deno.test("a", async (t) => void await t.step("inner", () => {}));
     Deno.test({ name: "b", ignore: true, fn() {} });
     Deno.test("c", () => { throw new Error("planted"); });`,
  );
  try {
    const { code, text } = await runDeno(["test", "--no-check"], { cwd: folder, show: false });
    const outcome = countTests(text, code);
    assert.deepEqual(counts(outcome), [1, 1, 1]);
    assert.deepEqual(outcome.skips, [{ name: "b", reason: "no meter" }]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

Deno.test("countTests() takes the last summary, not one that a test printed", () => {
  const text = "ok | 99 passed | 0 failed (1s)\n\nok | 2 passed (3 steps) | 0 failed (63ms)\n";
  assert.deepEqual(counts(countTests(text, 0)), [2, 0, 0]);
});

Deno.test("countTests() counts a run without a summary as a failure", () => {
  assert.deepEqual(counts(countTests("error: Type checking failed.\n", 1)), [0, 1, 0]);
});

Deno.test("countTests() counts a failure that no test owns", () => {
  assert.deepEqual(counts(countTests("ok | 2 passed | 0 failed (1s)\n", 1)), [2, 1, 0]);
});

Deno.test("countTests() counts a test ignored without a reason as a failure", () => {
  assert.deepEqual(counts(countTests("ok | 2 passed | 0 failed | 1 ignored (1s)\n", 0)), [2, 1, 0]);
});
