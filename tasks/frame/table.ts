import { mostBy } from "../../lib/sample.ts";

/** A column of a table: its title, and whether it holds numbers. */
export interface Column {
  title: string;
  right?: boolean;
}

/** Lines of a table with aligned columns, two spaces between them. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string[] {
  const widths = columns.map(({ title }, index) =>
    Math.max(title.length, mostBy(rows, (row) => row[index]?.length ?? 0))
  );
  const line = (cells: readonly string[]) =>
    cells.map((cell, index) => {
      const width = widths[index] ?? 0;
      return columns[index]?.right ? cell.padStart(width) : cell.padEnd(width);
    }).join("  ").trimEnd();
  return [line(columns.map(({ title }) => title)), ...rows.map(line)];
}
