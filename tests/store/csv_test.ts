import assert from "node:assert/strict";
import { tableCsv } from "../../lib/store/export/mod.ts";

/** The texts of a table of tokens, as a program reads them back. */
function readBack(texts: readonly string[]): { cells: string[]; texts: string[] } {
  const csv = tableCsv("tokens", texts.map((text) => ({ text })));
  const cells = [...csv.matchAll(/"((?:[^"]|"")*)"/g)].map(([, cell = ""]) =>
    cell.replaceAll('""', '"')
  );
  return { cells, texts: cells.map((cell) => cell.replace(/^'/, "")) };
}

Deno.test("tableCsv() writes no text that a spreadsheet would compute, and loses none", () => {
  const formulas = [
    '=HYPERLINK("http://x","y")',
    "+1+cmd|' /C calc'!A0",
    "-2",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    "'=1",
    "''",
  ];
  const { cells, texts } = readBack(formulas);
  assert.deepEqual(texts, formulas);
  for (const cell of cells) assert.match(cell, /^'/);
});

Deno.test("tableCsv() leaves other text, numbers and what is not known as they are", () => {
  const plain = ["", " =1", "a=1", 'Once, "upon"\na time', "x".repeat(1_000_000)];
  assert.deepEqual(readBack(plain).cells, plain);
  const csv = tableCsv("tokens", [{ energy_mj: -1.5, text: null }]);
  assert.match(csv.split("\n")[1]!, /(^|,)-1\.5(,|$)/);
});
