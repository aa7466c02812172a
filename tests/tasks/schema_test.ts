import assert from "node:assert/strict";
import { join } from "node:path";
import { lackingValidator, schemaProblems } from "../gate/json_schema.ts";
import { testUnless } from "../gate/needs.ts";
import { runTask, SHORT } from "./run_task.ts";

testUnless(
  lackingValidator,
  "profile and show --json print what docs/profile.schema.json says",
  async () => {
    const db = join(Deno.makeTempDirSync(), "runs.db");
    const printed = async (name: string, args: string[]) => {
      const { stdout, stderr } = await runTask(name, [...args, "--db", db, "--json"]);
      assert.notEqual(stdout, "", stderr);
      return JSON.parse(stdout);
    };
    const profiled = await printed("profile", [...SHORT, "--power", "estimate"]);
    const shown = await printed("show", []);
    assert.deepEqual(shown, profiled);
    const broken = { ...profiled, totals: { ...profiled.totals, energyMj: "much" } };
    const [ofProfile, ofShow, ofBroken] = await schemaProblems("profile.schema.json", [
      profiled,
      shown,
      broken,
    ]);
    assert.deepEqual([ofProfile, ofShow], [[], []]);
    assert.match(ofBroken!.join(), /totals\.energyMj/, "the schema refuses what is wrong");
  },
);
