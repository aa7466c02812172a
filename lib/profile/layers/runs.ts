/**
 * Which operations ran in which forward pass, and for how long.
 *
 * @module
 */
import type { EventLabel, ProfileEvents } from "./profile_file.ts";

/** One forward pass of a profile. */
export interface ProfiledRun {
  /** Duration of the pass inside the runtime. */
  durationUs: number;
  /** Time by label, all occurrences added up; operations that ran have an entry. */
  usOf: Map<number, { us: number; count: number }>;
}

/** Operators whose events enclose those of the graphs that they run. */
const ENCLOSING = /^(If|Loop|Scan)$/;

/**
 * Splits a profile by forward pass, in the order of the passes.
 *
 * An event belongs to the last pass that began before it and, by the host's clock, to none that had
 * ended. An `If`, `Loop` or `Scan` counts only where nothing inside it was timed. Where a GPU timed
 * a node, what the host took to ask for it is left out.
 */
export function runsOf(events: ProfileEvents): ProfiledRun[] {
  const { labels, labelOf, startUs, durationUs } = events;
  const order = Array.from({ length: events.count }, (_, i) => i);
  const kindOf = (event: number) => labels[labelOf[event]!]!.kind;
  const enclosing = labels.map(({ kind, opType }) => kind === "run" ? 2 : +ENCLOSING.test(opType));
  // What encloses comes before what it encloses; it ends later, so that it is written later.
  order.sort((a, b) =>
    startUs[a]! - startUs[b]! || durationUs[b]! - durationUs[a]! ||
    enclosing[labelOf[b]!]! - enclosing[labelOf[a]!]! || b - a
  );
  const gpuNames = new Set(labels.filter(({ kind }) => kind === "gpu").map(({ name }) => name));

  const runs: ProfiledRun[] = [];
  let endUs = -Infinity;
  order.forEach((event, at) => {
    const kind = kindOf(event);
    if (kind === "run") {
      runs.push({ durationUs: durationUs[event]!, usOf: new Map() });
      endUs = startUs[event]! + durationUs[event]!;
      return;
    }
    const run = runs.at(-1);
    if (run === undefined || (kind === "node" && startUs[event]! > endUs)) return;
    const label = labels[labelOf[event]!]!;
    if (kind === "node" && gpuNames.has(label.name)) return;
    if (enclosing[labelOf[event]!] === 1 && encloses(event, order[at + 1])) return;
    const entry = run.usOf.get(labelOf[event]!) ?? { us: 0, count: 0 };
    entry.us += durationUs[event]!;
    entry.count++;
    run.usOf.set(labelOf[event]!, entry);
  });
  return runs;

  function encloses(outer: number, next: number | undefined): boolean {
    return next !== undefined && kindOf(next) !== "run" &&
      startUs[next]! < startUs[outer]! + durationUs[outer]!;
  }
}

/** A label's identity across the profiles of several sessions. */
export function labelKey({ kind, name, opType }: EventLabel): string {
  return `${kind} ${opType} ${name}`;
}
