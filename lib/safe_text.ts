/**
 * Text of models, files and users made harmless before it is drawn.
 *
 * @module
 */

/** Bidirectional controls, separators and zero-width marks: they reorder or hide what stands near them. */
const INVISIBLE =
  /[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Cn}|\p{Co}/u;

/** Written as ⟨U+202E⟩, so that the reader sees that something is there and what. */
function named(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
}

/**
 * Returns `text` with control, bidirectional and invisible characters and lone surrogates replaced
 * by visible signs; line feeds stay. For terminals this is enough, for markup use {@linkcode escapeHtml} on top.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { charts } from "@tokenwatt/tokenwatt";
 *
 * assert(charts.visibleText("a\u001b[31m\u202eb") === "a␛[31m⟨U+202E⟩b");
 * ```
 */
export function visibleText(text: string): string {
  let result = "";
  for (const character of text.toWellFormed()) {
    const code = character.codePointAt(0) ?? 0;
    if (character === "\n") result += character;
    // U+2400 and on are pictures of the control characters, in the same order.
    else if (code < 0x20) result += String.fromCodePoint(0x2400 + code);
    else if (code === 0x7f) result += "␡";
    else if (code < 0x80) result += character;
    else if (code < 0xa0 || INVISIBLE.test(character)) result += named(character);
    else result += character;
  }
  return result;
}

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Returns `text` made visible and escaped, for HTML or SVG text and quoted attributes. */
export function escapeHtml(text: string): string {
  return visibleText(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

/** Returns `text` with its middle left out where it is longer than `limit` characters. */
export function shortened(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const half = Math.floor(limit / 2);
  return `${text.slice(0, half)} … ${text.slice(text.length - half)}`;
}
