import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installKernel, kernelSpec, lastingDeno } from "../../setup/kernel.ts";

Deno.test("lastingDeno() names the binary, or npx where the binary lies in npm's cache", () => {
  assert.deepEqual(lastingDeno("/usr/local/bin/deno"), ["/usr/local/bin/deno"]);
  assert.deepEqual(lastingDeno("/root/.npm/_npx/7a40/node_modules/deno/deno"), [
    "npx",
    "-y",
    `deno@${Deno.version.deno}`,
  ]);
});

Deno.test("installKernel() writes a spec that Jupyter can start and stop by signal", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tokenwatt-gate-"));
  try {
    const path = await installKernel(folder);
    assert.equal(path, join(folder, "kernels", "deno", "kernel.json"));
    const spec = JSON.parse(await readFile(path, "utf8"));
    assert.deepEqual(spec, kernelSpec());
    assert.equal(spec.interrupt_mode, "signal");
    assert.deepEqual(spec.env, { NO_COLOR: "1" });
    assert.equal(spec.argv.at(-1), "{connection_file}");
  } finally {
    await rm(folder, { recursive: true });
  }
});
