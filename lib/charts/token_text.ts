/**
 * The text itself, coloured: as HTML that flows, and as SVG laid out by columns.
 *
 * @module
 */
import { escapeHtml, shortened, visibleText } from "../safe_text.ts";
import { color, type ColorName, MONO, onRamp } from "./theme.ts";
import type { Ramp } from "./token_ramp.ts";
import type { GroupView, TokenPiece } from "./token_views.ts";

const PROMPT_LIMIT = 600;

/** What a group looks like: the names of its style classes. */
function look(group: GroupView, ramp: Ramp | null): string {
  const step = ramp?.stepOf(group) ?? null;
  const classes = ["tw-group"];
  // A bracket joins tokens; around a single one its colour is border enough.
  if (group.firstIndex === group.lastIndex) classes.push("tw-one");
  if (step !== null) classes.push(`tw-q${step}`);
  if (group.phase === "prefill") classes.push("tw-prefill");
  if (group.mjPerToken === null) classes.push("tw-absent");
  else if (group.faded) classes.push("tw-faded");
  else if (!group.resolved) classes.push("tw-unresolved");
  return classes.join(" ");
}

/** The prompt and the coloured text as HTML. */
export function textHtml(prompt: string, groups: readonly GroupView[], ramp: Ramp | null): string {
  const piece = ({ text, special, tooltip }: TokenPiece) =>
    `<span${special ? ' class="tw-mark"' : ""} title="${escapeHtml(tooltip)}">${
      escapeHtml(text)
    }</span>`;
  const coloured = groups.map((group) => {
    const { space, pieces } = withoutLeadingSpace(group);
    return `${space}<span class="${look(group, ramp)}">${pieces.map(piece).join("")}</span>`;
  });
  return `<div class="tw-text"><span class="tw-prompt">${
    escapeHtml(shortened(prompt, PROMPT_LIMIT))
  }</span>${coloured.join("")}</div>`;
}

/**
 * A group without the space that its first token begins with: drawn outside, boxes hug the words,
 * and a boundary inside a word shows as one.
 */
function withoutLeadingSpace(group: GroupView): { space: string; pieces: TokenPiece[] } {
  const [first, ...rest] = group.pieces;
  if (first === undefined || !/^ \S/.test(first.text)) return { space: "", pieces: group.pieces };
  return { space: " ", pieces: [{ ...first, text: first.text.slice(1) }, ...rest] };
}

const SIZE = 15;
/** Every common monospaced font is 0.6 em wide; whole px leave no seams, and `textLength` makes it exact. */
const COLUMN = 9;
const LINE = 30;

/** A part of a group, or of the prompt, on one line. */
interface Cell {
  group: GroupView | null;
  text: string;
  line: number;
  column: number;
  columns: number;
  tooltip: string;
  special: boolean;
}

/** The same as SVG, `width` px wide. */
export function textSvg(
  prompt: string,
  groups: readonly GroupView[],
  ramp: Ramp | null,
  width: number,
): { svg: string; height: number } {
  const cells = layOut(prompt, groups, Math.floor(width / COLUMN));
  const lines = Math.max(0, ...cells.map((cell) => cell.line + 1));
  const svg = cells.map((cell, at) => {
    const isFirst = cells[at - 1]?.group !== cell.group;
    const isLast = cells[at + 1]?.group !== cell.group;
    return cellSvg(cell, ramp, isFirst, isLast);
  }).join("");
  return { svg: `<g font-family="${MONO}" font-size="${SIZE}">${svg}</g>`, height: lines * LINE };
}

function layOut(prompt: string, groups: readonly GroupView[], columns: number): Cell[] {
  const cells: Cell[] = [];
  let line = 0;
  let column = 0;
  const add = (text: string, group: GroupView | null, tooltip: string, special: boolean) => {
    const [visible = "", ...rest] = text.split("\n");
    let cell: Cell | undefined;
    const width = [...visible].reduce((sum, character) => sum + columnsOf(character), 0);
    if (column + width > columns && width <= columns) [line, column] = [line + 1, 0];
    for (const { segment } of new Intl.Segmenter().segment(visible)) {
      const wide = Math.max(...[...segment].map(columnsOf));
      if (column + wide > columns) [line, column, cell] = [line + 1, 0, undefined];
      if (cell === undefined) {
        cell = { group, text: "", line, column, columns: 0, tooltip, special };
        cells.push(cell);
      }
      cell.text += segment;
      cell.columns += wide;
      column += wide;
    }
    if (rest.length === 0) return;
    [line, column] = [line + 1, 0];
    add(rest.join("\n"), group, tooltip, special);
  };
  const words = visibleText(shortened(prompt, PROMPT_LIMIT)).match(/\s?\S+|\s/g) ?? [];
  for (const word of words) add(word, null, "", false);
  for (const group of groups) {
    const { space, pieces } = withoutLeadingSpace(group);
    if (column > 0) column += space.length;
    for (const piece of pieces) add(piece.text, group, piece.tooltip, piece.special);
  }
  return cells;
}

/** Two for what East Asian terminals and pictures take two columns for. */
function columnsOf(character: string): number {
  return /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]|\p{Emoji_Presentation}/u
      .test(character)
    ? 2
    : 1;
}

function cellSvg(cell: Cell, ramp: Ramp | null, isFirst: boolean, isLast: boolean): string {
  const { group, text, tooltip, special } = cell;
  const x = cell.column * COLUMN;
  const width = cell.columns * COLUMN;
  const top = cell.line * LINE + 3;
  const step = group === null ? null : ramp?.stepOf(group) ?? null;
  const ink = group === null || group.faded
    ? color("muted")
    : step === null
    ? color("ink")
    : onRamp(step);
  const words = `<text x="${fixed(x)}" y="${top + 15}" textLength="${
    fixed(width)
  }" xml:space="preserve" fill="${ink}"${special ? ' font-style="italic"' : ""}>${
    escapeHtml(text)
  }</text>`;
  if (group === null) return words;
  if (group.faded) return `<g><title>${escapeHtml(tooltip)}</title>${words}</g>`;
  const ground = step === null ? "none" : color(`ramp-${step}` as ColorName);
  const absent = group.mjPerToken === null;
  const rim = color(absent ? "faint" : group.phase === "prefill" ? "mark-prefill" : "muted");
  const whole = group.phase === "prefill" && isFirst && isLast;
  const [from, to] = [x + (isFirst ? 1 : 0), x + width - (isLast ? 1 : 0)];
  const box = (fill: string) =>
    `<rect x="${fixed(from)}" y="${top}" width="${fixed(to - from)}" height="21" fill="${fill}"/>`;
  const bottom = top + 22;
  return `<g><title>${escapeHtml(tooltip)}</title>${box(ground)}${
    absent || group.resolved ? "" : box("url(#tw-hatch)")
  }<path d="${isFirst ? `M${fixed(from)},${top}V${bottom}` : `M${fixed(from)},${bottom}`}H${
    fixed(to)
  }${isLast ? `V${top}` : ""}${whole ? "Z" : ""}" fill="none" stroke="${rim}" stroke-width="1.25"${
    absent ? ' stroke-dasharray="2 2"' : ""
  }/>${words}</g>`;
}

function fixed(value: number): string {
  return String(Math.round(value * 100) / 100);
}
