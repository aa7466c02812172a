/**
 * The top of a report: what was run, what can be concluded, the main figures, what was found.
 *
 * @module
 */
import { efficiency, type Estimate } from "../analysis/mod.ts";
import { formatInterval, formatMj, formatMs, formatMw, threeDigits } from "../quantities.ts";
import type { Finding } from "../record.ts";
import { escapeHtml, shortened } from "../safe_text.ts";
import type { ReportedRun } from "./reported_run.ts";
import { howSure } from "./run_tables.ts";

/** Longer names exist only in hostile input. */
const LONGEST_NAME = 120;

/** A name, escaped and not too long for a line. */
export function nameHtml(name: string): string {
  return escapeHtml(shortened(name, LONGEST_NAME));
}

/** What stands above everything: the model, when and where, the verdict. */
export function runHeader({ run }: ReportedRun): string {
  const { model, power, status, runId, startedAtMs, host } = run;
  const when = startedAtMs === undefined ? null : new Date(startedAtMs).toISOString().slice(0, 16);
  const facts = [
    when === null ? null : `<time datetime="${when}Z">${when.replace("T", " ")} UTC</time>`,
    host?.chip ? nameHtml(host.chip) : null,
    nameHtml(power.label),
    `<code>${nameHtml(runId)}</code>`,
  ].filter((fact) => fact !== null);
  return `<p class="brand">Tokenwatt report</p>` +
    `<h1>${nameHtml(model.name)} <span class="light">${nameHtml(model.precision)}</span></h1>` +
    `<p class="facts">${facts.join(" · ")}</p>${statusHtml(status, run.reason)}` +
    verdictHtml(run.verdict);
}

function statusHtml(status: string, reason: string | null | undefined): string {
  if (status === "complete") return "";
  const why = reason ? `: ${shortened(reason, 500)}` : "";
  return `<p class="status"><strong>${escapeHtml(`This run is ${status}`)}</strong>${
    escapeHtml(why)
  }. Shown is what was kept.</p>`;
}

/** One line: what can be concluded and what cannot. */
export function verdictHtml(verdict: string): string {
  return `<p class="verdict">${escapeHtml(shortened(verdict, 2000))}</p>`;
}

/** The main figures, each with its interval. */
export function tilesHtml({ run }: ReportedRun): string {
  const { totals, latency, power } = run;
  const { energyMj: mj, lowMj, highMj } = totals;
  const perToken = efficiency(run).joulesPerOutputToken;
  const decode = run.phases.find(({ phase }) => phase === "decode")?.energy;
  const tiles: [string, string, string][] = [
    ["Energy of the answer", formatMj(mj), ends({ mj, lowMj, highMj })],
    [
      "Energy per decoded token",
      formatMj(perToken === null ? null : perToken.value * 1e3),
      perToken === null || decode === undefined
        ? ""
        : `${estimateEnds(perToken)}; ${howSure(decode)}`,
    ],
    [
      "Tokens per second",
      totals.tokensPerSecond === null ? "not measured" : threeDigits(totals.tokensPerSecond),
      latency === null ? "" : `95 % of waits under ${formatMs(latency.p95Ms)}`,
    ],
    ["Time to first token", formatMs(totals.ttftMs), `${totals.promptTokens} tokens of prompt`],
    [
      "Mean power",
      formatMw(totals.meanMw),
      `idle ${formatMw(totals.baselineMw)}, peak ${formatMw(totals.peakMw)}`,
    ],
    [
      "Measured",
      formatMs(run.measured.durationMs),
      `${run.measured.repetitions} × ${totals.generatedTokens} tokens`,
    ],
  ];
  const kind = power.kind === "measured"
    ? ""
    : `<p class="kind"><strong>${
      power.kind === "estimated" ? "Estimated" : "Simulated"
    }</strong>, not measured.</p>`;
  return `${kind}<dl class="tiles">${
    tiles.map(([label, value, note]) =>
      `<div><dt>${escapeHtml(label)}</dt><dd><b>${escapeHtml(value)}</b><small>${
        escapeHtml(note)
      }</small></dd></div>`
    ).join("")
  }</dl>`;
}

function ends(energy: { mj: number | null; lowMj: number | null; highMj: number | null }): string {
  return /\((.*)\)/.exec(formatInterval(energy))?.[1] ?? "";
}

function estimateEnds({ value, low, high }: Estimate): string {
  const scaled = (end: number | null) => end === null ? null : end * 1e3;
  return ends({ mj: value * 1e3, lowMj: scaled(low), highMj: scaled(high) });
}

const WORDS = { info: "Note", warning: "Warning", invalid: "Invalid" } as const;

/** What the run found about its own conditions, the gravest first. */
export function findingsHtml(findings: readonly Finding[]): string {
  if (findings.length === 0) return "<p>Nothing was found that speaks against this run.</p>";
  const order = { invalid: 0, warning: 1, info: 2 };
  const items = findings.toSorted((a, b) => order[a.severity] - order[b.severity]).map((
    { severity, message, remedy },
  ) =>
    `<li class="${severity}"><b>${WORDS[severity]}</b> <span>${
      escapeHtml(capital(shortened(message, 1000)))
    }. <span class="remedy">${escapeHtml(capital(shortened(remedy, 1000)))}.</span></span></li>`
  );
  return `<ul class="findings">${items.join("")}</ul>`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
