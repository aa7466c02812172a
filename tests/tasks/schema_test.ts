import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { prepareJupyter } from "../../setup/jupyter_venv.ts";
import { testUnless } from "../gate/needs.ts";
import { runTask, SHORT } from "./run_task.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

// nbformat, which the notebook tests need anyway, brings the jsonschema library.
const VALIDATE = `
import json, sys, jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
for path in sys.argv[2:]:
    errors = list(jsonschema.Draft202012Validator(schema).iter_errors(json.load(open(path))))
    print(path, [f"{error.json_path}: {error.message}" for error in errors[:5]])
    if errors: sys.exit(1)
`;

const python = await prepareJupyter(ROOT);
const lacking = "reason" in python ? python.reason : null;

testUnless(
  lacking,
  "profile and show --json print what docs/profile.schema.json says",
  async () => {
    const folder = Deno.makeTempDirSync();
    const db = join(folder, "runs.db");
    const printed = async (name: string, args: string[]) => {
      const { stdout, stderr } = await runTask(name, [...args, "--db", db, "--json"]);
      assert.notEqual(stdout, "", stderr);
      Deno.writeTextFileSync(join(folder, `${name}.json`), stdout);
      return stdout;
    };
    const profiled = await printed("profile", [...SHORT, "--power", "estimate"]);
    assert.deepEqual(JSON.parse(await printed("show", [])), JSON.parse(profiled));
    assert.deepEqual(await validate(["profile.json", "show.json"], folder), 0);
    const broken = JSON.parse(profiled);
    broken.totals.energyMj = "much";
    Deno.writeTextFileSync(join(folder, "broken.json"), JSON.stringify(broken));
    assert.deepEqual(
      await validate(["broken.json"], folder),
      1,
      "the schema refuses what is wrong",
    );
  },
);

async function validate(names: string[], folder: string): Promise<number> {
  const path = "python" in python ? python.python : "python3";
  const schema = join(ROOT, "docs", "profile.schema.json");
  const { code, stdout, stderr } = await new Deno.Command(path, {
    args: ["-c", VALIDATE, schema, ...names.map((name) => join(folder, name))],
  }).output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert.ok(code === 0 || /broken/.test(text), text);
  return code;
}
