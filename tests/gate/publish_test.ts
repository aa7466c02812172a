import assert from "node:assert/strict";
import { join } from "node:path";
import tool from "../../deno.json" with { type: "json" };
import { runDeno } from "../../tasks/test/command.ts";

const ROOT = join(import.meta.dirname!, "..", "..");

Deno.test("deno publish --dry-run passes without a warning, and takes what is imported alone", async () => {
  // The gate has checked the types; slow types are told all the same.
  const types = Deno.env.get("TOKENWATT_LONG") === "1" ? [] : ["--no-check"];
  const args = ["publish", "--dry-run", "--allow-dirty", ...types];
  const { code, text } = await runDeno(args, { cwd: ROOT, show: false });
  assert.equal(code, 0, text);
  assert.doesNotMatch(text, /warning\[/);
  for (const name of ["mod.ts", "LICENSE", "README.md", "CHANGELOG.md", "deno.json"]) {
    assert.ok(text.includes(`/${name} (`), `${name} is not published:\n${text}`);
  }
  const files = text.split("\n").filter((line) => line.includes("file://"));
  const own = files.map((line) => line.slice(line.indexOf(ROOT) + ROOT.length));
  assert.deepEqual(own.filter((path) => /_test\.ts|^\/(tasks|tests|models|docs)\//.test(path)), []);
});

Deno.test("the version is semantic, and the newest of the changelog", () => {
  assert.match(tool.version, /^\d+\.\d+\.\d+(-[\w.]+)?$/);
  const changelog = Deno.readTextFileSync(join(ROOT, "CHANGELOG.md"));
  const [, newest] = /^## (\d[\w.-]*)/m.exec(changelog) ?? [];
  assert.equal(newest, tool.version);
});
