import assert from "node:assert/strict";
import { join } from "node:path";

const ROOT = join(import.meta.dirname!, "..", "..");
const read = (path: string) => Deno.readTextFile(join(ROOT, path));

Deno.test("docs/dependencies.md gives a reason for every package that a config names", async () => {
  const page = await read("docs/dependencies.md");
  for await (const path of configs()) {
    const section = sectionOf(page, path);
    assert.notEqual(section, null, `docs/dependencies.md has no section for \`${path}\``);
    const explained = [...section!.matchAll(/^\| `([^`]+)`/gm)].map(([, name = ""]) => name);
    assert.deepEqual(explained.toSorted(), (await packagesOf(path)).toSorted(), path);
  }
});

/** Every file that names packages, but those that only repeat what `deno.json` says. */
async function* configs(folder = "."): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(join(ROOT, folder))) {
    const path = folder === "." ? name : `${folder}/${name}`;
    if (isDirectory) {
      if (!/^\.|^(node_modules|models|out)$/.test(name)) yield* configs(path);
    } else if (/^deno\.json$|^requirements.*\.txt$/.test(name)) {
      yield path;
    }
  }
}

async function packagesOf(path: string): Promise<string[]> {
  const text = await read(path);
  if (path.endsWith(".txt")) {
    return [...text.matchAll(/^([\w-]+)==/gm)].map(([, name = ""]) => name);
  }
  const own = importsOf(text);
  if (path === "deno.json") return own;
  const shared = importsOf(await read("deno.json"));
  return own.filter((name) => !shared.includes(name));
}

function importsOf(text: string): string[] {
  const { imports = {} } = JSON.parse(text) as { imports?: Record<string, string> };
  return Object.entries(imports).filter(([, to]) => to.startsWith("npm:"))
    .map(([, to]) => /^npm:\/?((?:@[^/]+\/)?[^@/]+)/.exec(to)![1]!)
    .filter((name, index, all) => all.indexOf(name) === index);
}

// From the heading that names the file up to the next one.
function sectionOf(page: string, path: string): string | null {
  const sections = page.split(/^(?=## )/m);
  return sections.find((section) => section.split("\n")[0]!.includes(`\`${path}\``)) ?? null;
}
