import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runDeno } from "../../tasks/test/command.ts";

const ROOT = join(import.meta.dirname!, "..", "..");

/** The notebooks' step in a fresh copy of the gate, on a machine whose PATH holds nothing. */
async function gateWithoutPython(ci: string): Promise<{ code: number; lines: string[] }> {
  const copy = await mkdtemp(join(tmpdir(), "tokenwatt-gate-"));
  try {
    for (const part of ["tasks", "lib", "setup", "tests/notebooks", "deno.json"]) {
      await cp(join(ROOT, part), join(copy, part), { recursive: true });
    }
    await mkdir(join(copy, "bin"));
    const { code, text } = await runDeno(
      ["run", "-q", "--no-prompt", "-A", "tasks/test.ts", "--step", "notebooks"],
      { cwd: copy, env: { PATH: join(copy, "bin"), CI: ci }, show: false },
    );
    return { code, lines: text.trimEnd().split("\n") };
  } finally {
    await rm(copy, { recursive: true });
  }
}

Deno.test("the gate skips the notebooks without Python, and says why", async () => {
  const { code, lines } = await gateWithoutPython("");
  assert.equal(code, 0);
  assert.match(lines.join("\n"), /^SKIPPED notebooks: python3 was not found in PATH; install/m);
  assert.equal(lines.at(-1), "0 passed, 0 failed, 1 skipped");
});

Deno.test("the gate fails without Python in CI, and says why", async () => {
  const { code, lines } = await gateWithoutPython("true");
  assert.equal(code, 1);
  assert.match(lines.join("\n"), /python3 was not found in PATH; install/);
  assert.equal(lines.at(-1), "0 passed, 1 failed");
});
