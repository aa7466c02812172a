import type { Span } from "../record.ts";
import { type RailRecords, wholeRecords } from "./records.ts";
import type { TiledSpan } from "./tree.ts";

/** How many whole records must lie in a span before its energy is read from them. */
export const RESOLVING_RECORDS = 3;

/** The finest spans, which tile the root: energy is dealt to these and added up from them. */
export interface Leaf {
  span: TiledSpan;
  startMs: number;
  endMs: number;
  /** Stretches of time in which power is taken as even; records are split where they change. */
  block: number;
}

/** Leaves in the order of time, and the name of each block. Equal names have equal expectations. */
export interface Blocks {
  leaves: Leaf[];
  keys: string[];
  /** Spans that records see on their own; all others only share what these hold. */
  standAlone: Set<Span>;
}

/**
 * Cuts a tiled tree into leaves and says which of them form a block.
 *
 * Power is expected to change between phases and repetitions, and around a token, section or group
 * that is long enough to be seen on its own. Below that a block's power is even, which is what
 * "shared by time" means.
 */
export function cutIntoBlocks(root: TiledSpan, records: RailRecords): Blocks {
  const leaves: Leaf[] = [];
  const keys: string[] = [];
  const standAlone = new Set<Span>([root]);
  const walk = (span: TiledSpan, parentBlock: number, parent: Span | null) => {
    const { startMs, endMs } = span;
    if (startMs === null || endMs === null) return;
    const isOwnBlock = parent !== null && standsAlone(span, parent, records);
    const block = isOwnBlock ? keys.push(keyOf(span, parent)) - 1 : parentBlock;
    if (isOwnBlock) standAlone.add(span);
    const timed = span.children.filter((child) => child.startMs !== null);
    if (timed.length === 0) leaves.push({ span, startMs, endMs, block });
    for (const child of timed) walk(child, block, span);
  };
  walk(root, keys.push(keyOf(root, null)) - 1, null);
  return { leaves, keys, standAlone };
}

function standsAlone(span: TiledSpan, parent: Span, records: RailRecords): boolean {
  if (span.kind === "run" || span.kind === "repetition" || span.kind === "phase") return true;
  if (span.kind === "gap") return parent.kind === "run" || parent.kind === "repetition";
  return wholeRecords(records, span.startMs ?? 0, span.endMs ?? 0) >= RESOLVING_RECORDS;
}

/** Repetitions of one phase share a key, so that what one of them shows is expected of the others. */
function keyOf(span: Span, parent: Span | null): string {
  return span.kind === "gap" ? `gap in ${parent?.kind}` : `${span.kind} ${span.name}`;
}
