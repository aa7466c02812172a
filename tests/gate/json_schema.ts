import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { prepareJupyter } from "../../setup/jupyter_venv.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

// What executes the notebooks brings the jsonschema library. It would build a grammar of addresses,
// which takes longer than all else and which our schemas do not ask for.
const VALIDATE = `
import json, sys
sys.modules["rfc3987_syntax"] = None
import jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
print(json.dumps([
    [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]
    for document in json.load(sys.stdin)
]))
`;

const jupyter = await prepareJupyter(ROOT);

/** Why nothing can be validated here; `null` where it can. */
export const lackingValidator: string | null = "reason" in jupyter ? jupyter.reason : null;

/** What is wrong with each document by a schema of `docs/`. */
export async function schemaProblems(
  schema: string,
  documents: readonly unknown[],
): Promise<string[][]> {
  if ("reason" in jupyter) throw new Error(jupyter.reason);
  const child = new Deno.Command(jupyter.python, {
    args: ["-c", VALIDATE, `${ROOT}docs/${schema}`],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [{ code, stdout, stderr }] = await Promise.all([
    child.output(),
    new Blob([JSON.stringify(documents)]).stream().pipeTo(child.stdin),
  ]);
  assert.equal(code, 0, new TextDecoder().decode(stderr));
  const problems: string[][] = JSON.parse(new TextDecoder().decode(stdout));
  assert.equal(problems.length, documents.length);
  return problems;
}
