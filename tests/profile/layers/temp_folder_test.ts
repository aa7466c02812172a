import assert from "node:assert/strict";
import { dirname } from "node:path";
import { sweep, TempFolder } from "../../../lib/profile/layers/temp_folder.ts";
import { temporaryFolder } from "../../model/checkpoints.ts";

const exists = (path: string) => {
  try {
    return Deno.statSync(path) !== null;
  } catch {
    return false;
  }
};

Deno.test("TempFolder is removed with all that is in it", () => {
  let path: string;
  {
    using folder = new TempFolder();
    path = folder.path;
    Deno.writeTextFileSync(`${path}/part-1.json`, "[");
    assert.deepEqual(sweep(dirname(path)).filter((name) => path.endsWith(name)), []);
    assert.ok(exists(path));
  }
  assert.ok(!exists(path));
});

Deno.test("sweep() removes what a killed process left, and nothing that lives", async () => {
  using parent = temporaryFolder();
  const module = new URL("../../../lib/profile/layers/temp_folder.ts", import.meta.url);
  const code = `
    const { TempFolder } = await import("${module}");
    const folder = new TempFolder();
    Deno.writeTextFileSync(folder.path + "/part-1.json", "[");
    console.log(folder.path);
    await new Promise((resolve) => setTimeout(resolve, 60_000));`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["eval", code],
    env: { TMPDIR: parent.path },
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const path = (await reader.read()).value!.trim();
  await reader.cancel();
  assert.deepEqual(sweep(parent.path), [], "while it lives");
  child.kill("SIGKILL");
  await child.status;
  assert.ok(exists(path));
  assert.equal(sweep(parent.path).length, 1);
  assert.ok(!exists(path));
});

Deno.test("sweep() leaves alone a young folder without a lock, and other folders", () => {
  using parent = temporaryFolder();
  for (const name of ["tokenwatt-profile-1-young", "tokenwatt-profile-1-old", "other"]) {
    Deno.mkdirSync(`${parent.path}/${name}`);
  }
  Deno.utimeSync(`${parent.path}/tokenwatt-profile-1-old`, new Date(0), new Date(0));
  assert.deepEqual(sweep(parent.path), ["tokenwatt-profile-1-old"]);
  assert.deepEqual(sweep(`${parent.path}/nowhere`), []);
});
