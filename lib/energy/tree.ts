import type { Span } from "../record.ts";
import { SAME_MS } from "./records.ts";

/** A span whose timed children tile it: what no child covers is a `gap`. */
export interface TiledSpan extends Span {
  children: TiledSpan[];
}

/**
 * Copies a tree of spans and adds a `gap` child wherever timed children leave time over, and an
 * `other` child where nothing is known of weighted ones, since all of them weigh nothing.
 *
 * @throws {RangeError} if a span ends before it starts or has no finite time, if children overlap or
 * leave their parent, if timed and weighted children are mixed, or if a weight is missing or negative
 */
export function tile(span: Span): TiledSpan {
  const { startMs, endMs } = span;
  const timed = span.children.filter(isTimed);
  if (startMs === null || endMs === null) {
    if (timed.length > 0 || isTimed(span)) throw misplaced(span);
    return { ...span, children: weighted(span) };
  }
  const wrong = [span, ...timed].find((one) => !hasLength(one));
  if (wrong) throw misplaced(wrong);
  if (timed.length === 0) return { ...span, children: weighted(span) };
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

function isTimed({ startMs, endMs }: Span): boolean {
  return startMs !== null || endMs !== null;
}

function hasLength({ startMs, endMs }: Span): boolean {
  if (startMs === null || endMs === null) return false;
  return endMs >= startMs && Number.isFinite(endMs - startMs);
}

function misplaced(span: Span): RangeError {
  return new RangeError(
    `Cannot place the spans of ${nameOf(span)} (${span.startMs} to ${span.endMs}): ` +
      "each needs a start and an end after it, or none of them",
  );
}

/** Weighted children are shares of their parent: only how their weights relate to each other counts. */
function weighted(parent: Span): TiledSpan[] {
  let sum = 0;
  for (const child of parent.children) {
    const { weight = NaN } = child;
    if (!(weight >= 0 && weight < Infinity)) {
      throw new RangeError(
        `Cannot give ${nameOf(child)} the weight ${child.weight}; pass 0 or more to all children`,
      );
    }
    sum += weight;
  }
  if (sum === Infinity) throw new RangeError(`Cannot add up the weights under ${nameOf(parent)}`);
  const children = parent.children.map(tile);
  const extent = extentOf(parent);
  const isUnknown = children.length > 0 && sum === 0 && extent > 0;
  return isUnknown ? [...children, otherOf(extent)] : children;
}

function extentOf({ startMs, endMs, weight = 0 }: Span): number {
  return startMs === null || endMs === null ? weight : endMs - startMs;
}

function otherOf(weight: number): TiledSpan {
  return { kind: "other", name: "other", startMs: null, endMs: null, weight, children: [] };
}

function nameOf(span: Span): string {
  return `${span.kind} "${span.name}"`;
}
