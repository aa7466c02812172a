import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { notebookPaths } from "../../tasks/test/notebook_paths.ts";
import { judgeFacts, TOUR_FACTS } from "../../tasks/test/tour_facts.ts";

const ROOT = join(import.meta.dirname!, "..", "..");
const FACTS = [{ notebook: "01", claim: "energy", pattern: /(\S+) mJ/g, least: 1, most: 10 }];

async function problems(...outputs: object[]): Promise<(string | null)[]> {
  const folder = await mkdtemp(join(tmpdir(), "tokenwatt-facts-"));
  try {
    const notebook = { cells: [{ cell_type: "markdown" }, { cell_type: "code", outputs }] };
    await writeFile(join(folder, "01-a.ipynb"), JSON.stringify(notebook));
    return (await judgeFacts(folder, ["01-a.ipynb"], FACTS)).map(({ problem }) => problem);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

Deno.test("judgeFacts() finds a number in what was printed, and in a chart's words", async () => {
  assert.deepEqual(await problems({ text: ["it took 3.5", " mJ\n"] }), [null]);
  assert.deepEqual(await problems({ data: { "text/plain": "9e0 mJ", "text/html": "x" } }), [null]);
});

Deno.test("judgeFacts() misses a number that is not there, or cannot be", async () => {
  assert.match((await problems({ text: "nothing" }))[0] ?? "", /nothing in its outputs matches/);
  assert.equal((await problems({ text: "3 mJ, 11 mJ" }))[0], "found 11, expected 1 to 10");
  assert.equal((await problems({ text: "NaN mJ" }))[0], "found NaN, expected 1 to 10");
});

Deno.test("judgeFacts() reports a notebook that was not executed", async () => {
  const [check] = await judgeFacts("/nowhere", ["01-a.ipynb"], FACTS);
  assert.match(check?.problem ?? "", /nothing in its outputs/);
});

Deno.test("every notebook of the tour has facts, and every fact its notebook", async () => {
  const numbers = (await notebookPaths(ROOT)).map((path) => basename(path).slice(0, 2));
  assert.deepEqual([...new Set(TOUR_FACTS.map(({ notebook }) => notebook))].sort(), numbers);
});
