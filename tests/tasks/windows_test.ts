import assert from "node:assert/strict";
import { pause } from "../../lib/clock.ts";
import { startPower } from "../../lib/profile/mod.ts";
import { ProfileDatabase } from "../../lib/store/mod.ts";
import { HOSTILE, HOSTILE_TEXT } from "../notebook/hostile.ts";
import { scratch } from "../store/scene.ts";
import { runTask } from "./run_task.ts";

Deno.test("show, runs and rederive take a run of any code, and no text of it moves the terminal", async () => {
  using scene = scratch();
  using database = ProfileDatabase.open(scene.path);
  const label = HOSTILE_TEXT.slice(-190);
  const options = { source: "rig:m4max", intervalMs: 50, baselineSeconds: 0.5 };
  await using power = await startPower({ ...options, name: HOSTILE_TEXT, database });
  await power.measure("sort", () => pause(20), { minSeconds: 0.5 });
  await power.measure(label, () => {});
  await power.stop();
  database.close();

  const run = async (name: string, ...args: string[]) => {
    const { code, stdout, stderr } = await runTask(name, [...args, "--db", scene.path]);
    assert.equal(code, 0, stderr);
    for (const character of HOSTILE.hidden) {
      assert.ok(!stdout.includes(character), `${name}: U+${character.charCodeAt(0).toString(16)}`);
    }
    return stdout;
  };
  const shown = await run("show", "last", "--charts", scene.folder);
  assert.match(shown, /window +time +energy +mean power/);
  assert.match(shown, /^sort +[\d.,]+ m?s +[\d.,]+ m?J +[\d.]+ W$/m);
  assert.match(shown, /Verdict.* sort: .*simulated/);
  assert.ok(!shown.includes("layers"));
  assert.match(Deno.readTextFileSync(`${scene.folder}/power-timeline.svg`), /^<svg|^<\?xml/);
  const onFile = await runTask("show", ["last", "--db", scene.path, "--charts", scene.path]);
  assert.equal(onFile.code, 2, onFile.stdout);
  assert.match(onFile.stderr, /Cannot make the folder .*; choose another path/);
  assert.match(await run("runs"), /your code/);
  assert.match(await run("rederive", "last"), /bit for bit/);
  assert.equal(JSON.parse(await run("show", "last", "--json")).status, "complete");
});
