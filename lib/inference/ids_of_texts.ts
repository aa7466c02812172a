/**
 * The tokens of a pass: those of the first text, then those of the next, as many of each.
 *
 * @module
 */
import type { Ids } from "./feeds.ts";

/** How many tokens each text has. */
export function lengthOf(ids: Ids, texts: number): number {
  const length = ids.length / texts;
  if (length === 0) throw new Error("Cannot run a forward pass over no tokens");
  if (Number.isInteger(length)) return length;
  throw new Error(`Cannot share ${ids.length} tokens out among ${texts} sequences`);
}

/** The first token of each text, then the second of each, and so on. */
export function columnsOf(ids: Ids, texts: number): number[][] {
  const length = lengthOf(ids, texts);
  return Array.from(
    { length },
    (_, at) => Array.from({ length: texts }, (_, row) => ids[row * length + at]!),
  );
}
