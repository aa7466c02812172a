import assert from "node:assert/strict";
import { ProfileDatabase } from "../../lib/store/mod.ts";
import { scratch, store } from "../store/scene.ts";
import { runTask, SHORT } from "./run_task.ts";

Deno.test("report writes one file for one run or several, and refuses what it cannot find", async () => {
  using scene = scratch();
  {
    using database = ProfileDatabase.open(scene.path);
    store(database);
    store(database);
  }
  const report = (...args: string[]) =>
    runTask("report", ["--db", scene.path, ...args], { cwd: scene.folder });

  const one = await report("--json");
  assert.equal(one.code, 0, one.stderr);
  const said = JSON.parse(one.stdout);
  assert.equal(said.path, `${scene.folder}/report.html`);
  assert.equal(Deno.statSync(said.path).size, said.bytes);
  assert.equal(said.runs.length, 1);

  const two = await report("last~1", "last", "-o", "two.html", "--title", "Before <after>");
  assert.equal(two.stdout.trim(), `${scene.folder}/two.html`);
  const html = Deno.readTextFileSync(`${scene.folder}/two.html`);
  assert.match(html, /<title>Before &lt;after&gt;<\/title>/);
  assert.match(html, /<h1>2 runs compared/);

  for (
    const [args, says] of [
      [["last~9"], /Cannot report on run "last~9"/],
      [["last", "-o", "no/folder.html"], /choose a folder that exists/],
      [["--colour"], /unknown option/],
    ] as const
  ) {
    const { code, stderr } = await report(...args);
    assert.equal(code, 2, stderr);
    assert.match(stderr, says);
    assert.equal(stderr.trim().split("\n").length, 1, stderr);
  }
});

Deno.test("profile --report writes the run that it made, and knows before it that it cannot", async () => {
  using scene = scratch();
  const profile = (file: string) =>
    runTask(
      "profile",
      [...SHORT, "--db", scene.path, "--power", "rig:m4max", "-q", "--report", file],
      { cwd: scene.folder },
    );
  const { code, stderr } = await profile("run.html");
  assert.equal(code, 0, stderr);
  const html = Deno.readTextFileSync(`${scene.folder}/run.html`);
  assert.match(html, /<strong>Simulated<\/strong>, not measured/);

  const refused = await profile("no/run.html");
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /Cannot write the report .* is no folder/);
});
