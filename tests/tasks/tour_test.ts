import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { codeCells } from "../../tasks/test/cells.ts";
import { notebookPaths } from "../../tasks/test/notebook_paths.ts";
import { indexPage } from "../../tasks/tour/index_page.ts";
import { traces } from "../../tasks/tour/traces.ts";
import { runTask } from "./run_task.ts";

const ROOT = join(import.meta.dirname!, "..", "..");
const PAGES = join(ROOT, "docs", "tour");
const LARGEST_BYTES = 400_000;

/** The code of a page, as it is read. */
function codeOf(page: string): string[] {
  return [...page.matchAll(/<div class="highlight[^>]*><pre>(.*?)<\/pre>/gs)].map((match) =>
    (match[1] ?? "").replace(/<[^>]*>/g, "")
      .replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"')
      .replaceAll("&#39;", "'").replaceAll("&amp;", "&").trim()
  );
}

Deno.test("docs/tour holds every notebook with the code that it has today, small and self-contained", async () => {
  for (const path of await notebookPaths(ROOT)) {
    const name = `${basename(path, ".ipynb")}.html`;
    const page = await Deno.readTextFile(join(PAGES, name));
    const code = codeCells(await Deno.readTextFile(path)).map(({ source }) => source.trim());
    assert.deepEqual(codeOf(page), code, `${name} is old: run deno task tour`);
    assert.ok(page.length < LARGEST_BYTES, `${name} has ${page.length} characters`);
    assert.deepEqual(traces(page, ROOT), [], name);
    assert.doesNotMatch(page, /<script|<link|src="(?!data:)|href="(?!\d\d-[\w-]+\.html)/, name);
    assert.match(page, /<figure class=/, name);
  }
});

Deno.test("docs/tour/README.md lists the tour as the notebooks open", async () => {
  const notebooks = await Promise.all((await notebookPaths(ROOT)).map(async (path) => ({
    name: basename(path, ".ipynb"),
    text: await Deno.readTextFile(path),
  })));
  assert.equal(await Deno.readTextFile(join(PAGES, "README.md")), indexPage(notebooks));
});

Deno.test("traces() finds paths of users and of this folder, and none in a text about the system", () => {
  assert.deepEqual(traces("in /home/ada/x and /tmp/3c18", "/nowhere"), ["/home/ada", "/tmp/3c18"]);
  assert.deepEqual(traces("/srv/watt/lib", "/srv/watt"), ["/srv/watt"]);
  assert.deepEqual(traces("C:\\Users\\ada\\x", "/nowhere"), ["C:\\Users\\ada"]);
  assert.deepEqual(traces("/sys/class/powercap and a/home", "/nowhere"), []);
});

Deno.test("tour refuses what there is not, and shows its options", async () => {
  const { code, stderr } = await runTask("tour", ["99"]);
  assert.equal(code, 2, stderr);
  assert.match(stderr, /Cannot render "99": there is no such notebook; choose from 01-first/);
  assert.equal(stderr.trim().split("\n").length, 1, stderr);
  const help = await runTask("tour", ["--help"]);
  assert.equal(help.code, 0);
  assert.match(help.stdout, /--rendered-only[\s\S]*Examples:\n {2}deno task tour/);
});
