import { type TableName, type TableRow, TABLES } from "../mod.ts";

/**
 * A table as CSV (RFC 4180, UTF-8, lines end with LF); what is not known is an empty cell. Text that
 * a spreadsheet would take for a formula begins with an apostrophe, and so does text that had one: a
 * program takes one apostrophe off and has the text as it was.
 */
export function tableCsv(table: TableName, rows: readonly TableRow[]): string {
  const columns = Object.entries(TABLES[table]);
  const lines = rows.map((row) =>
    columns.map(([name, kind]) => {
      const value = row[name] ?? null;
      if (value === null) return "";
      if (kind === "boolean") return value ? "true" : "false";
      return typeof value === "number" ? `${value}` : quoted(value);
    }).join(",")
  );
  return [columns.map(([name]) => name).join(","), ...lines, ""].join("\n");
}

/**
 * With what a cell begins that spreadsheets compute, in quotes too, and their wide forms (OWASP, CSV
 * Injection). Tokens such as "-" and "=" are common, so the sign can be taken off again.
 */
const FORMULA = /^[=+\-@\t\r\n'＝＋－＠]/;

/** Text always stands in quotes, so that an empty text is told from an empty cell. */
function quoted(text: string): string {
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return `"${harmless.replaceAll('"', '""')}"`;
}
