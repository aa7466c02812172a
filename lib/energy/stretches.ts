import type { Span } from "../record.ts";
import { type RailRecords, wholeRecords } from "./records.ts";
import { RESOLVING_RECORDS } from "./resolved.ts";
import type { Shifts } from "./shifts.ts";
import type { TiledSpan } from "./tree.ts";

/** The finest spans, which tile the root: energy is dealt to these and added up from them. */
export interface Leaf {
  span: TiledSpan;
  startMs: number;
  endMs: number;
}

/** Time in which power is taken as even; records are split where one stretch ends. */
export interface Stretch {
  /** Stretches of one name are expected to draw the same power. */
  key: string;
  startMs: number;
  endMs: number;
}

/** The key of all time before the root. */
export const BEFORE = "before";
/** The key of all time after the root. */
export const AFTER = "after";

/** A tree of spans as time: its leaves and stretches in their order. */
export interface CutTree {
  leaves: Leaf[];
  /** The first is all time before the root, the last all time after it. */
  stretches: Stretch[];
  /** Spans that records see on their own; all others only share what these hold. */
  seen: Set<Span>;
}

/**
 * Cuts a tiled tree into leaves, and its time into stretches of even power.
 *
 * Power is expected to change between phases and repetitions, and around a token, section or group
 * that is long enough to be seen on its own. Below that it is taken as even, which is what "shared
 * by time" means.
 */
export function cutIntoStretches(root: TiledSpan, records: RailRecords, shifts: Shifts): CutTree {
  const leaves: Leaf[] = [];
  const stretches: Stretch[] = [];
  const seen = new Set<Span>([root]);
  let lastSeen: Span | null = null;
  const walk = (span: TiledSpan, parent: Span | null, seenAbove: Span, keyAbove: string) => {
    const { startMs, endMs } = span;
    if (startMs === null || endMs === null) return;
    const isSeen = parent === null || isSeenIn(records, shifts, span, parent);
    const nearest = isSeen ? span : seenAbove;
    const key = isSeen ? keyOf(span, parent) : keyAbove;
    if (isSeen) seen.add(span);
    const timed = span.children.filter((child) => child.startMs !== null);
    for (const child of timed) walk(child, span, nearest, key);
    if (timed.length > 0) return;
    leaves.push({ span, startMs, endMs });
    if (endMs === startMs) return;
    const last = stretches.at(-1);
    if (last && lastSeen === nearest) last.endMs = endMs;
    else stretches.push({ key, startMs, endMs });
    lastSeen = nearest;
  };
  walk(root, null, root, "");
  const startMs = leaves[0]?.startMs ?? 0;
  const endMs = leaves.at(-1)?.endMs ?? startMs;
  stretches.unshift({ key: BEFORE, startMs: -Infinity, endMs: startMs });
  stretches.push({ key: AFTER, startMs: endMs, endMs: Infinity });
  return { leaves, stretches, seen };
}

/** Whether records see a span on its own. */
function isSeenIn(records: RailRecords, { nominalMs }: Shifts, span: Span, parent: Span): boolean {
  if (span.kind === "run" || span.kind === "repetition" || span.kind === "phase") return true;
  if (span.kind === "gap") return parent.kind === "run" || parent.kind === "repetition";
  const [startMs, endMs] = [(span.startMs ?? 0) - nominalMs, (span.endMs ?? 0) - nominalMs];
  return wholeRecords(records, startMs, endMs) >= RESOLVING_RECORDS;
}

/** Repetitions of one phase share a key, so that what one of them shows is expected of the others. */
function keyOf(span: Span, parent: Span | null): string {
  return span.kind === "gap" ? `gap in ${parent?.kind}` : `${span.kind} ${span.name}`;
}
