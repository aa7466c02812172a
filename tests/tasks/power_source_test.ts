import assert from "node:assert/strict";
import { join } from "node:path";
import { ProfileDatabase } from "../../lib/store/mod.ts";
import { withPrograms } from "../power/fixtures/programs.ts";
import { fakeRecord } from "../power/fixtures/records.ts";
import { type StandInMode, withStandIn } from "../power/fixtures/stand_in.ts";
import { scratch } from "../store/scene.ts";
import { runTask, SHORT } from "./run_task.ts";

const LINE = `{"cpu_power":2,"gpu_power":1,"ane_power":0,"ram_power":0.5,"sys_power":9}`;

/** The task as its users run it, with a folder of its own. */
async function profiled(power: string, cwd: string) {
  const { code, stdout, stderr } = await runTask("profile", [
    ...SHORT,
    ...["--power", power, "--json", "--quiet", "--db", "runs.db"],
  ], { cwd });
  assert.equal(code, 0, stderr);
  // Nothing about macmon or nvidia-smi, which few machines have both of.
  assert.equal(stderr, "");
  return JSON.parse(stdout);
}

Deno.test("profile --power macmon ends macmon with the permissions that it has", async () => {
  const pidFile = await Deno.makeTempFile();
  const macmon = `echo $$ > ${pidFile}; while :; do echo '${LINE}'; sleep 0.1; done`;
  await withPrograms({ macmon }, async () => {
    const run = await profiled("macmon", await Deno.makeTempDir());
    assert.equal(run.power.source, "macmon");
    assert.equal(run.power.kind, "measured");
    assert.deepEqual(run.power.totalRails, ["cpu", "gpu", "ane"]);
    assert.ok(run.totals.energyMj > 0);
    const pid = Number(await Deno.readTextFile(pidFile));
    assert.throws(() => Deno.kill(pid, "SIGCONT"), "macmon is still there");
  });
});

Deno.test("profile --power replay:FILE finds the file in the user's folder", async () => {
  const cwd = await Deno.makeTempDir();
  const records = Array.from(
    { length: 4 },
    (_, i) =>
      fakeRecord({ elapsedNs: 100e6, timestampMs: 1.77e12 + 100 * i, energyMj: { cpu: 500 + i } }),
  );
  await Deno.writeTextFile(join(cwd, "idle.plist"), records.join("\0"));
  const run = await profiled("replay:idle.plist", cwd);
  assert.equal(run.power.source, "replay");
  assert.equal(run.power.kind, "simulated");
});

const REFUSALS: [mode: StandInMode, says: RegExp][] = [
  ["refused", /: sudo refuses \(.*; run `deno task setup power`, which .*\n$/],
  ["password", /: sudo asks for a password; run `deno task setup power`, which .*\n$/],
  ["missing", /: there is no sudo on the PATH; use --power estimate here, or run on a Mac.*\n$/],
];

for (const [mode, says] of REFUSALS) {
  Deno.test(`profile --power powermetrics says in one line what to do where sudo is so: ${mode}`, async () => {
    using scene = scratch();
    await withStandIn(mode, async () => {
      const { code, stdout, stderr } = await runTask("profile", [
        ...["--power", "powermetrics", "--db", scene.path, "--quiet"],
        ...["--min-seconds", "600", "--max-seconds", "600"],
      ]);
      assert.deepEqual([code, stdout], [2, ""], stderr);
      assert.match(stderr, says);
      assert.equal(stderr.trim().split("\n").length, 1);
    });
    using database = ProfileDatabase.open(scene.path);
    assert.deepEqual(database.getRuns(), []);
  });
}
