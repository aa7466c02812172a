/**
 * A chart on the page, with its numbers.
 *
 * @module
 */
import type { Figure } from "../charts/mod.ts";
import { escapeHtml, shortened } from "../safe_text.ts";
import { type DataTable, foldedTables } from "./data_table.ts";
import type { PageSection } from "./page.ts";

/** A chart and the numbers behind it. */
export interface Panel {
  figure: Figure;
  tables: readonly DataTable[];
  /** The metric of a heat map that the explorer switches. */
  metric?: string;
}

/** The panel; its figure's title is a heading of level 3. */
export async function panelHtml({ figure, tables, metric }: Panel): Promise<string> {
  const html = (await figure.toHtml({ style: false, heading: 3 }))
    // Plot names its groups; inside a picture nobody hears that, and ARIA forbids it.
    .replaceAll(/(<g\b[^>]*?) aria-label="[^"]*"/g, "$1");
  const label = escapeHtml(`Chart: ${shortened(figure.alt, 80)}`);
  const data = metric === undefined ? "" : ` data-metric="${escapeHtml(metric)}"`;
  return `<div class="card"${data}><div class="scroll" role="group" aria-label="${label}">${html}</div>${
    foldedTables(tables, figure.alt)
  }</div>`;
}

/** A section of panels, after `lead`, which is escaped. */
export async function panelSection(
  { id, title }: Omit<PageSection, "html">,
  panels: readonly Panel[],
  lead = "",
): Promise<PageSection> {
  const drawn: string[] = [];
  for (const panel of panels) drawn.push(await panelHtml(panel));
  return { id, title, html: section(id, title, lead + drawn.join("\n")) };
}

/** A section with its heading; `html` is escaped. */
export function section(id: string, title: string, html: string): string {
  const [anchor, text] = [escapeHtml(id), escapeHtml(title)];
  return `<section id="${anchor}" aria-labelledby="${anchor}-title"><h2 id="${anchor}-title">${text}</h2>${html}</section>`;
}
