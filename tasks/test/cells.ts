import { pathToFileURL } from "node:url";
import { basename, dirname, join } from "node:path";

/** A code cell, numbered among code cells from 1, as Jupyter's `[3]` is. */
export interface CodeCell {
  number: number;
  source: string;
}

/** The code cells of a notebook's text. Source is a string or a list of lines in the format. */
export function codeCells(notebookText: string): CodeCell[] {
  const notebook = JSON.parse(notebookText) as {
    cells: { cell_type: string; source: string | string[] }[];
  };
  return notebook.cells
    .filter((cell) => cell.cell_type === "code")
    .map((cell, index) => ({ number: index + 1, source: [cell.source].flat().join("") }));
}

/** The cells as one module, with a line before each that says which cell begins. */
export function joinCells(cells: readonly CodeCell[]): string {
  const parts = cells.map((cell) => `// cell ${cell.number}\n${cell.source}\n`);
  // A notebook without imports would otherwise be a script, where top-level await is an error.
  return [...parts, "export {};\n"].join("\n");
}

/** Where the joined module lies: beside the notebook, so that imports resolve as they do in it. */
export function modulePath(notebookPath: string): string {
  return join(dirname(notebookPath), `${basename(notebookPath, ".ipynb")}.cells.ts`);
}

/** Rewrites positions in the joined module to `<notebook> cell N, line L:C`. */
export function nameCells(text: string, notebookPath: string, joined: string): string {
  const path = modulePath(notebookPath);
  let named = text;
  for (const address of [pathToFileURL(path).href, path]) {
    const position = new RegExp(`${RegExp.escape(address)}:(\\d+):(\\d+)`, "g");
    named = named.replace(position, (_, line: string, column: string) => {
      const place = locate(joined, Number(line));
      return `${notebookPath} cell ${place.cell}, line ${place.line}:${column}`;
    });
  }
  return named;
}

function locate(joined: string, line: number): { cell: number; line: number } {
  const lines = joined.split("\n");
  for (let at = line - 1; at >= 0; at--) {
    const cell = /^\/\/ cell (\d+)$/.exec(lines[at] ?? "")?.[1];
    if (cell !== undefined) return { cell: Number(cell), line: line - 1 - at };
  }
  return { cell: 0, line };
}
