/**
 * The report of several runs: the first is what the others are held to.
 *
 * @module
 */
import * as charts from "../charts/mod.ts";
import { formatInterval, formatMs, formatMw, threeDigits } from "../quantities.ts";
import type { Comparison } from "../analysis/mod.ts";
import { escapeHtml } from "../safe_text.ts";
import {
  type Compared,
  compareWith,
  comparisonTable,
  type Corrected,
  correctedOf,
  verdictOf,
} from "./compared.ts";
import { conditionsTable, differences } from "./conditions.ts";
import { cell, type DataTable, tableHtml } from "./data_table.ts";
import type { ReportOptions } from "./html_report.ts";
import { page, type PageSection } from "./page.ts";
import { type Panel, panelSection, section } from "./panel.ts";
import { readingHtml } from "./reading.ts";
import type { ReportedRun } from "./reported_run.ts";
import { partPanels, timePanels, tokenPanels } from "./run_panels.ts";
import { findingsHtml, nameHtml, verdictHtml } from "./summary.ts";

/** The page of several runs. */
export async function runsPage(
  runs: readonly ReportedRun[],
  options: ReportOptions,
): Promise<string> {
  const labels = labelsOf(runs);
  const compared = runs.slice(1).map((run, at) =>
    compareWith(runs[0]!, run, [labels[0]!, labels[at + 1]!])
  );
  const corrected = correctedOf(compared);
  const sections: PageSection[] = [
    { id: "summary", title: "Summary", html: summary(runs, labels, compared) },
    await panelSection(
      { id: "comparison", title: "Differences" },
      comparisonPanels(runs, compared, corrected),
    ),
    { id: "conditions", title: "Conditions", html: conditions(runs, labels) },
  ];
  for (const [at, run] of runs.entries()) {
    sections.push(await runSection(run, labels[at]!, `run-${at + 1}`));
  }
  sections.push({ id: "reading", title: "How to read this", html: readingHtml() });
  const title = options.title ?? `${runs.length} runs compared · Tokenwatt report`;
  const header = `<p class="brand">Tokenwatt report</p><h1>${runs.length} runs compared</h1>` +
    `<p class="facts">${labels.map(nameHtml).join(" · ")}</p>` +
    compared.map((one) => verdictHtml(verdictOf(one, corrected))).join("");
  return await page({ title, header, sections, data: null });
}

/** A letter, then what tells the runs apart at a glance. */
function labelsOf(runs: readonly ReportedRun[]): string[] {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  return runs.map(({ run }, at) => {
    const name = `${run.model.name} ${run.model.precision}`;
    const short = name.length > 40 ? `${name.slice(0, 39)}…` : name;
    return `${letters[at] ?? at + 1} ${short}`;
  });
}

function summary(
  runs: readonly ReportedRun[],
  labels: readonly string[],
  compared: readonly Compared[],
): string {
  const of = (value: (run: ReportedRun["run"]) => string) => runs.map(({ run }) => value(run));
  const decode = ({ phases, totals }: ReportedRun["run"]) => {
    const energy = phases.find(({ phase }) => phase === "decode")?.energy;
    return energy === undefined || totals.decodedTokens === 0
      ? "not measured"
      : formatInterval(energy, totals.decodedTokens);
  };
  const side: DataTable = {
    caption: "Side by side, of one mean repetition",
    columns: ["figure", ...labels],
    rows: [
      ["status", ...of(({ status }) => status)],
      [
        "energy of the answer",
        ...of(({ totals: { energyMj: mj, lowMj, highMj } }) =>
          formatInterval({ mj, lowMj, highMj })
        ),
      ],
      ["energy per decoded token", ...of(decode)],
      [
        "tokens per second",
        ...of(({ totals }) =>
          totals.tokensPerSecond === null ? "not measured" : threeDigits(totals.tokensPerSecond)
        ),
      ],
      ["time to first token", ...of(({ totals }) => formatMs(totals.ttftMs))],
      ["mean power", ...of(({ totals }) => formatMw(totals.meanMw))],
      ["idle power", ...of(({ totals }) => formatMw(totals.baselineMw))],
      [
        "prompt and generated tokens",
        ...of(({ totals }) => `${totals.promptTokens} and ${totals.generatedTokens}`),
      ],
      ["power source", ...of(({ power }) => `${power.label}, ${power.kind}`)],
    ],
  };
  const findings = compared.flatMap(({ results }) => results.flatMap(({ findings }) => findings));
  const own = findings.filter(({ message }, at) =>
    findings.findIndex((other) => other.message === message) === at
  );
  const refusals = compared.flatMap(({ label, refusal }) =>
    refusal === null ? [] : [
      `<li class="warning"><b>Warning</b> <span>${escapeHtml(`${label}: ${refusal}`)}</span></li>`,
    ]
  );
  return section(
    "summary",
    "Summary",
    `<div class="card">${tableHtml(side)}</div><h3>What limits the comparison</h3>` +
      (refusals.length > 0 ? `<ul class="findings">${refusals.join("")}</ul>` : "") +
      (own.length > 0 || refusals.length === 0
        ? findingsHtml(own).replace("against this run", "against the comparison")
        : ""),
  );
}

function comparisonPanels(
  runs: readonly ReportedRun[],
  compared: readonly Compared[],
  corrected: ReadonlyMap<Comparison, Corrected>,
): Panel[] {
  const panels = compared.filter(({ results }) => results.length > 0).map(({ results }): Panel => ({
    figure: charts.comparison(results),
    tables: [comparisonTable(results, corrected)],
  }));
  const dated = runs.flatMap(({ run: { startedAtMs, ...run } }) =>
    startedAtMs === undefined ? [] : [{ ...run, startedAtMs }]
  );
  const history = dated.length === runs.length
    ? [{
      figure: charts.energyOverTime(dated),
      tables: [historyTable(dated)],
    }]
    : [];
  return [...panels, ...history];
}

function historyTable(
  runs: readonly (ReportedRun["run"] & { startedAtMs: number })[],
): DataTable {
  return {
    caption: "Runs over time",
    columns: ["run", "started", "J per decoded token"],
    rows: runs.map(({ runId, startedAtMs, totals }) => [
      runId,
      new Date(startedAtMs).toISOString(),
      cell(totals.joulesPerToken),
    ]),
  };
}

function conditions(runs: readonly ReportedRun[], labels: readonly string[]): string {
  const { table, alike } = differences(runs, labels);
  const html = table.rows.length === 0
    ? `<p>All ${alike} known circumstances are alike.</p>`
    : `<div class="card">${tableHtml(table)}</div><p class="hint">${alike} others are alike.</p>`;
  return section("conditions", "Conditions", html);
}

async function runSection(run: ReportedRun, label: string, id: string): Promise<PageSection> {
  const panels = [
    ...timePanels(run).slice(0, 1),
    ...tokenPanels(run).slice(0, 1),
    ...run.run.inside === null ? [] : partPanels(run).slice(1, 2),
  ];
  const lead = verdictHtml(run.run.verdict) + findingsHtml(run.run.findings) +
    `<details class="data"><summary>Conditions<span class="unseen"> of ${
      nameHtml(label)
    }</span></summary>${tableHtml(conditionsTable(run))}</details>`;
  return await panelSection({ id, title: label }, panels, lead);
}
