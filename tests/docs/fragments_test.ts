import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { codeBlocks } from "../../tasks/docs/code_blocks.ts";
import { moduleOf, type Surroundings } from "../../tasks/docs/fragments.ts";
import { runDeno } from "../../tasks/test/command.ts";
import { markdownFiles } from "./markdown_files.ts";

const ROOT = join(import.meta.dirname!, "..", "..");
const DOOR = pathToFileURL(join(ROOT, "mod.ts")).href;
const AROUND: Surroundings = {
  door: DOOR,
  exported: Object.keys(await import("../../mod.ts")),
  given: [
    { name: "run", type: "T.ProfilingRun" },
    { name: "before", type: "readonly T.ProfilingRun[]" },
    { name: "after", type: "readonly T.ProfilingRun[]" },
    { name: "runs", type: "readonly T.ProfilingRun[]" },
    { name: "database", type: "T.ProfileDatabase" },
    { name: "data", type: "readonly number[]" },
    // As better-sqlite3 has it.
    {
      name: "Database",
      type: "new (path: string, options: { readonly: boolean }) => T.SqliteConnection",
    },
  ],
};

Deno.test("every ts ignore block of the docs is right by its types", async () => {
  const folder = await Deno.makeTempDir({ prefix: "tokenwatt-docs-" });
  try {
    const paths: string[] = [];
    for (const { path, text } of await markdownFiles(ROOT)) {
      for (const block of codeBlocks(text).filter(({ tag }) => tag === "ts ignore")) {
        const file = join(folder, `${path.replaceAll("/", "_")}_line_${block.line}.ts`);
        await Deno.writeTextFile(file, moduleOf(block.text, AROUND));
        paths.push(file);
      }
    }
    assert.ok(paths.length > 0);
    console.log(`${paths.length} blocks are checked by types and not run`);
    const config = join(ROOT, "deno.json");
    const checked = await runDeno(["check", "-q", "--config", config, ...paths], {
      cwd: ROOT,
      show: false,
    });
    assert.equal(checked.code, 0, checked.text);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("moduleOf() imports and declares what a fragment uses, and nothing that it makes", () => {
  const around = { ...AROUND, door: "d", exported: ["charts", "compareRuns", "efficiency"] };
  const text = moduleOf("const runs = [run];\ncharts.efficiency(compareRuns(runs));\n", around);
  assert.match(text, /^import \{ charts, compareRuns \} from "d";/);
  assert.match(text, /declare const run: T\.ProfilingRun;/);
  assert.doesNotMatch(text, /declare const runs/);
  const whole = 'import { charts } from "@tokenwatt/tokenwatt";\ncharts.icicle(run);\n';
  assert.match(
    moduleOf(whole, around),
    /^import \{ {2}\} from "d";[^]*import \{ charts \} from "d";/,
  );
});
