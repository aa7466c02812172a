/**
 * What a run looks like while it goes on: drawn without Plot, as it is drawn five times a second.
 *
 * @module
 */
import { formatMw, phaseName, threeDigits } from "../quantities.ts";
import { escapeHtml, visibleText } from "../safe_text.ts";
import { color, FIGURE_CLASS, FRAGMENT_STYLE } from "./theme.ts";

/** What is known of a run at a moment; what is absent or `null` is not shown. */
export interface LiveState {
  /** "prefill", "decode", "warm_up", … */
  phase?: string | null;
  /** What the model was asked to continue. */
  prompt?: string;
  /** What it has said so far. */
  text?: string;
  /** The latest power, in mW. */
  powerMw?: number | null;
  /** How many tokens there are so far. */
  tokens?: number | null;
  /** How fast they come. */
  tokensPerSecond?: number | null;
  /** What the power is: "CPU+GPU+ANE (powermetrics)". */
  label?: string;
}

/** Only the end of a long text is shown: the beginning has been read. */
const TEXT_LIMIT = 1200;
const SPARK = { width: 240, height: 40 };

/** Returns the state as a piece of HTML; `powersMw` is the latest history, oldest first. */
export function liveCard(state: LiveState, powersMw: readonly number[] = []): string {
  const figures = liveFigures(state).map(([value, what]) =>
    `<span style="display:inline-block;min-width:9em"><b style="font-size:18px;font-weight:600">${
      escapeHtml(value)
    }</b><br><span style="color:var(--tw-muted)">${escapeHtml(what)}</span></span>`
  );
  const text = state.text ?? "";
  const shown = text.length > TEXT_LIMIT ? `… ${text.slice(-TEXT_LIMIT)}` : text;
  return `<figure class="${FIGURE_CLASS}"><style>${FRAGMENT_STYLE}</style>` +
    `<div style="display:flex;flex-wrap:wrap;gap:8px 16px;align-items:end;contain:none">${
      figures.join("")
    }${sparkline(powersMw)}</div>` +
    `<div class="tw-text" style="contain:none"><span class="tw-prompt">${
      escapeHtml(state.prompt ?? "")
    }</span>${escapeHtml(shown)}</div></figure>`;
}

/** The same in one line of plain text. */
export function liveLine(state: LiveState): string {
  const figures = liveFigures(state).map(([value, what]) => `${value} ${what}`);
  return visibleText(figures.join(", "));
}

function liveFigures(state: LiveState): [value: string, what: string][] {
  const { phase, tokens, tokensPerSecond, powerMw, label } = state;
  const figures: [string, string][] = [];
  if (phase) figures.push([phaseName(phase), "phase"]);
  if (typeof tokens === "number") figures.push([String(tokens), "tokens"]);
  if (typeof tokensPerSecond === "number") figures.push([threeDigits(tokensPerSecond), "tokens/s"]);
  if (typeof powerMw === "number") figures.push([formatMw(powerMw), label ?? "power"]);
  return figures;
}

/** Steps, as each power is a mean over its record. */
function sparkline(powersMw: readonly number[]): string {
  if (powersMw.length < 2) return "";
  const top = Math.max(1, ...powersMw);
  const stepPx = SPARK.width / powersMw.length;
  const path = powersMw.map((mw, index) => {
    const y = (SPARK.height * (1 - Math.max(0, mw) / top)).toFixed(1);
    return `${index === 0 ? "M0," : "V"}${y}H${((index + 1) * stepPx).toFixed(1)}`;
  }).join("");
  return `<svg aria-hidden="true" width="${SPARK.width}" height="${SPARK.height}" viewBox="0 -1 ${SPARK.width} ${
    SPARK.height + 2
  }"><path d="${path}" fill="none" stroke="${color("muted")}" stroke-width="1.5"/></svg>`;
}
