/**
 * The numbers behind a chart, for those who read or copy them.
 *
 * @module
 */
import { escapeHtml, shortened } from "../safe_text.ts";

/** A table; the first column names the row. */
export interface DataTable {
  caption: string;
  columns: readonly string[];
  rows: readonly (readonly string[])[];
}

/** More rows than this nobody reads on a page. */
const MOST_ROWS = 1000;
/** Longer texts exist only in hostile input. */
const LONGEST = 1000;

/** The table, folded away; what did not fit is said. */
export function foldedTables(tables: readonly DataTable[], of: string): string {
  if (tables.length === 0) return "";
  return `<details class="data"><summary>Data<span class="unseen"> of ${
    escapeHtml(shortened(of, LONGEST))
  }</span></summary>${tables.map(tableHtml).join("")}</details>`;
}

/** The table; columns of numbers stand to the right. */
export function tableHtml({ caption, columns, rows }: DataTable): string {
  const shown = rows.slice(0, MOST_ROWS);
  const numeric = columns.map((_, at) =>
    at > 0 && shown.some((row) => isNumber(row[at])) &&
    shown.every((row) => isNumber(row[at]) || row[at] === "" || row[at] === "not measured")
  );
  const cut = rows.length > shown.length
    ? ` (the first ${MOST_ROWS} of ${rows.length} rows; deno task export writes them all)`
    : "";
  const mark = (at: number) => numeric[at] ? ' class="number"' : "";
  const head = columns.map((title, at) => `<th scope="col"${mark(at)}>${escapeHtml(title)}</th>`);
  const body = shown.map((row) =>
    `<tr>${
      row.map((cell, at) => {
        const text = escapeHtml(shortened(cell, LONGEST));
        return at === 0 ? `<th scope="row">${text}</th>` : `<td${mark(at)}>${text}</td>`;
      }).join("")
    }</tr>`
  );
  return `<div class="scroll" role="group" aria-label="Table: ${escapeHtml(caption)}"><table>` +
    `<caption>${escapeHtml(caption + cut)}</caption><thead><tr>${head.join("")}</tr></thead>` +
    `<tbody>${body.join("\n")}</tbody></table></div>`;
}

function isNumber(cell: string | undefined): boolean {
  return cell !== undefined && /^−?[\d.,]+( to −?[\d.,]+)?$/.test(cell);
}

/** A number as a table has it: four digits, without unit; nothing where there is none. */
export function cell(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return "";
  return String(Number(value.toPrecision(4))).replace("-", "−");
}
