/**
 * What is told of a mark when somebody points at it.
 *
 * @module
 */
import { escapeHtml, shortened } from "../safe_text.ts";

/** Longer texts exist only where a name is hostile. */
const MOST = 600;

/** A `title` element with escaped text. */
export function titleTag(text: string): string {
  return `<title>${escapeHtml(shortened(text, MOST))}</title>`;
}
