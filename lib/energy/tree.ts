import type { Span } from "../record.ts";
import { SAME_MS } from "./records.ts";

/** A span whose timed children tile it: what no child covers is a `gap`. */
export interface TiledSpan extends Span {
  children: TiledSpan[];
}

/**
 * Copies a tree of spans and adds a `gap` child wherever timed children leave time over.
 *
 * @throws {RangeError} if a span ends before it starts, if children overlap or leave their parent,
 * or if timed and weighted children stand under one parent
 */
export function tile(span: Span): TiledSpan {
  const { startMs, endMs } = span;
  if (startMs === null || endMs === null) return { ...span, children: span.children.map(tile) };
  if (!(endMs >= startMs)) {
    throw new RangeError(`Cannot use ${nameOf(span)}: it ends at ${endMs}, before ${startMs}`);
  }
  const timed = span.children.filter((child) => child.startMs !== null && child.endMs !== null);
  if (timed.length === 0) return { ...span, children: span.children.map(tile) };
  if (timed.length < span.children.length) {
    throw new RangeError(`Cannot mix timed and weighted children under ${nameOf(span)}`);
  }
  const children: TiledSpan[] = [];
  let reachedMs = startMs;
  const gapUpTo = (untilMs: number) => {
    if (untilMs - reachedMs > SAME_MS) {
      children.push({ kind: "gap", name: "gap", startMs: reachedMs, endMs: untilMs, children: [] });
      reachedMs = untilMs;
    }
  };
  for (const child of timed.toSorted((a, b) => (a.startMs ?? 0) - (b.startMs ?? 0))) {
    const childStart = child.startMs ?? startMs;
    const childEnd = child.endMs ?? endMs;
    if (childStart < reachedMs - SAME_MS || childEnd > endMs + SAME_MS) {
      throw new RangeError(
        `Cannot place ${nameOf(child)} (${childStart} to ${childEnd}) in ${nameOf(span)}: ` +
          `only ${reachedMs} to ${endMs} is free`,
      );
    }
    gapUpTo(childStart);
    // Neighbours share their boundary to the bit, or a sliver of energy would belong to nobody.
    const snapped = { ...child, startMs: reachedMs, endMs: Math.min(childEnd, endMs) };
    snapped.endMs = Math.max(snapped.endMs, snapped.startMs);
    children.push(tile(snapFirst(snapped, child)));
    reachedMs = snapped.endMs;
  }
  gapUpTo(endMs);
  const last = children.at(-1);
  if (last && last.endMs !== endMs) stretch(last, endMs);
  return { ...span, children };
}

/** Children of a snapped span keep their own times but for the slivers at its ends. */
function snapFirst(snapped: Span, original: Span): Span {
  if (snapped.startMs === original.startMs && snapped.endMs === original.endMs) return snapped;
  const clamp = (timeMs: number | null) =>
    timeMs === null
      ? null
      : Math.min(Math.max(timeMs, snapped.startMs ?? timeMs), snapped.endMs ?? timeMs);
  return {
    ...snapped,
    children: snapped.children.map((child) => ({
      ...child,
      startMs: clamp(child.startMs),
      endMs: clamp(child.endMs),
    })),
  };
}

function stretch(span: TiledSpan, endMs: number): void {
  span.endMs = endMs;
  const last = span.children.at(-1);
  if (last && last.endMs !== null) stretch(last, endMs);
}

function nameOf(span: Span): string {
  return `${span.kind} "${span.name}"`;
}
