import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { codeCells, joinCells } from "../../tasks/test/cells.ts";
import { checkNotebooks } from "../../tasks/test/notebook_types.ts";

function notebookOf(...sources: (string | string[])[]): string {
  const cells = sources.map((source) => ({ cell_type: "code", source }));
  return JSON.stringify({ cells: [{ cell_type: "markdown", source: "# Title" }, ...cells] });
}

async function checkCells(...sources: string[]) {
  const folder = await mkdtemp(join(tmpdir(), "tokenwatt-gate-"));
  const path = join(folder, "planted.ipynb");
  await writeFile(path, notebookOf(...sources));
  await writeFile(join(folder, "deno.json"), "{}");
  try {
    const [types, lint] = await checkNotebooks(folder, [path]);
    return { path, types, lint, left: (await readdir(folder)).sort() };
  } finally {
    await rm(folder, { recursive: true });
  }
}

Deno.test("codeCells() numbers code cells alone and joins lists of lines", () => {
  const cells = codeCells(notebookOf("1;", ["2;\n", "3;"]));
  assert.deepEqual(cells, [{ number: 1, source: "1;" }, { number: 2, source: "2;\n3;" }]);
});

Deno.test("joinCells() marks where each cell begins", () => {
  const joined = joinCells([{ number: 1, source: "1;" }, { number: 2, source: "2;" }]);
  assert.match(joined, /^\/\/ cell 1\n1;\n\n\/\/ cell 2\n2;\n/);
});

Deno.test("checkNotebooks() names cell and line of a type error, and cleans up", async () => {
  const { path, types, lint, left } = await checkCells(
    "export const one = 1;",
    '\nexport const two: number = "two";',
  );
  assert.ok(types?.problem?.includes(`${path} cell 2, line 2:14`), types?.problem ?? "no problem");
  assert.equal(lint?.problem, null);
  assert.deepEqual(left, ["deno.json", "planted.ipynb"]);
});

Deno.test("checkNotebooks() names cell and line of a lint error, and lets cells log", async () => {
  const { path, types, lint } = await checkCells(
    "console.log(1);",
    "let never = 1;\nconsole.log(never);",
  );
  assert.equal(types?.problem, null);
  assert.ok(lint?.problem?.includes(`${path} cell 2, line 1:5`), lint?.problem ?? "no problem");
});
