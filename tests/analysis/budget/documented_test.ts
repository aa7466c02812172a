import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { scratch } from "../../store/scene.ts";
import { storeArms } from "../../tasks/stored_arms.ts";

const ROOT = new URL("../../../", import.meta.url);

/** The test that docs/ci-energy-budget.md shows, beside a database with such arms. */
async function documentedTest(release: number, candidate: number) {
  using scene = scratch();
  const page = Deno.readTextFileSync(new URL("docs/ci-energy-budget.md", ROOT));
  const [, code] = page.match(/```ts ignore\n(.*?)```/s) ?? [];
  assert.ok(code);
  storeArms(join(scene.folder, "energy.db"), [
    { tag: "release", factor: release, processes: 5 },
    { tag: "candidate", factor: candidate, processes: 5 },
  ]);
  const file = join(scene.folder, "energy_test.ts");
  const door = new URL("mod.ts", ROOT).href;
  Deno.writeTextFileSync(file, code.replace("@tokenwatt/tokenwatt", door));
  const flags = ["test", "--no-check", "--allow-read", "--allow-write", "--allow-env"];
  const { code: status, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [...flags, "--config", fileURLToPath(new URL("deno.json", ROOT)), file],
    cwd: scene.folder,
    env: { NO_COLOR: "1" },
    stderr: "null",
  }).output();
  return { status, said: new TextDecoder().decode(stdout) };
}

Deno.test("the documented budgets pass what is within them, in deno test", async () => {
  const { status, said } = await documentedTest(1, 1);
  assert.equal(status, 0, said);
  assert.match(said, /2 passed/);
});

Deno.test("the documented budgets fail what is beyond them, in deno test", async () => {
  // The sample run takes 0.34 J a token.
  const { status, said } = await documentedTest(1, 2);
  assert.equal(status, 1, said);
  assert.match(said, /Energy budget exceeded: energy per token is 0\.6\d* J .* the budget 0\.5 J/);
  assert.match(said, /Regression: energy per token changed by \+9\d|Regression: .* \+100/);
});
