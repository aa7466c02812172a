/**
 * The report of one run.
 *
 * @module
 */
import { escapeHtml } from "../safe_text.ts";
import { conditionsTable } from "./conditions.ts";
import { tableHtml } from "./data_table.ts";
import { type ExplorerData, explorerData } from "./explorer_data.ts";
import { explorerHtml } from "./explorer.ts";
import type { ReportOptions } from "./html_report.ts";
import { readingHtml } from "./reading.ts";
import { page, type PageSection } from "./page.ts";
import { panelSection, section } from "./panel.ts";
import type { ReportedRun } from "./reported_run.ts";
import { heatPanels, partPanels, timePanels, tokenPanels } from "./run_panels.ts";
import { findingsHtml, runHeader, tilesHtml } from "./summary.ts";
import { isOfCode, windowsHtml } from "./windows.ts";

/** The page of one run. */
export async function runPage(reported: ReportedRun, options: ReportOptions): Promise<string> {
  const { run } = reported;
  const title = options.title ?? `${run.model.name} ${run.model.precision} · Tokenwatt report`;
  const data = explorerData(reported);
  const summary = section(
    "summary",
    "Summary",
    (isOfCode(reported) ? windowsHtml(reported) : tilesHtml(reported)) +
      `<h3>Findings</h3>${findingsHtml(run.findings)}`,
  );
  const sections: PageSection[] = [{ id: "summary", title: "Summary", html: summary }];
  const add = (made: PageSection) => sections.push(made);
  add(await panelSection({ id: "time", title: "Power over time" }, timePanels(reported)));
  if (!isOfCode(reported)) await addAnswer(reported, data, add);
  const notes = (run.inside?.notes ?? []).map((note) => `<li>${escapeHtml(note)}</li>`).join("");
  add({
    id: "conditions",
    title: "Conditions",
    html: section(
      "conditions",
      "Conditions",
      `<div class="card">${tableHtml(conditionsTable(reported))}</div>` +
        (notes === "" ? "" : `<h3>What could not be told</h3><ul>${notes}</ul>`),
    ),
  });
  add({ id: "reading", title: "How to read this", html: readingHtml() });
  return await page({ title, header: runHeader(reported), sections, data });
}

/** What the answer cost, token by token and part by part. */
async function addAnswer(
  reported: ReportedRun,
  data: ExplorerData | null,
  add: (made: PageSection) => void,
): Promise<void> {
  add(await panelSection({ id: "tokens", title: "Tokens" }, tokenPanels(reported)));
  const heat = heatPanels(reported);
  if (data !== null) {
    add(
      await panelSection(
        { id: "explore", title: heat.length > 0 ? "Layers and tokens" : "Explore tokens" },
        heat,
        explorerHtml(data),
      ),
    );
  }
  const notInside = reported.run.inside === null
    ? `<p class="hint">This run knows tokens, but no layers or components: it was not looked into. ` +
      `<code>deno task profile --depth component</code> does.</p>`
    : "";
  add(
    await panelSection(
      { id: "parts", title: "Where it goes" },
      partPanels(reported),
      notInside,
    ),
  );
}
