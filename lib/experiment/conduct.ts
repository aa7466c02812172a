import type { RunRecord } from "../analysis/mod.ts";
import { InputError } from "../errors.ts";
import { type Cell, keyOf } from "./order.ts";
import type { ExperimentPlan } from "./plan.ts";
import { type ExperimentProgress, Progress } from "./progress.ts";
import type { FailedProcess } from "./result.ts";

/** Where processes are run: on this machine, or on a simulated one. */
export interface Laboratory {
  /** Processes that ran in an earlier session, by cell. */
  found(): Map<string, RunRecord[]>;
  /** Waits until the machine is as it was at the beginning, or says how it is not. */
  admit(tell: (doing: string) => void, signal?: AbortSignal): Promise<void>;
  /** Rests between two processes. */
  rest(signal?: AbortSignal): Promise<void>;
  /** Runs one process; throws `InputError` for what no second try mends, `Error` for a crash. */
  run(
    cell: Cell,
    tell: (doing: string, part: number) => void,
    signal?: AbortSignal,
  ): Promise<RunRecord[]>;
}

/** What came of all processes. */
export interface Conducted {
  /** The runs of each that ran to its end. */
  cells: Map<string, RunRecord[]>;
  /** Those that crashed twice. */
  failures: FailedProcess[];
  /** Whether the signal ended it before all had run. */
  interrupted: boolean;
}

/** A process that crashes is begun once more. */
const TRIES = 2;

/** Runs every process that has not run yet, one after the other, each round once the machine is idle. */
export async function conduct(
  plan: ExperimentPlan,
  order: readonly Cell[],
  laboratory: Laboratory,
  { signal, live }: {
    signal?: AbortSignal | undefined;
    live?: ((progress: ExperimentProgress) => void) | undefined;
  },
): Promise<Conducted> {
  // It may have been longer before.
  const wanted = new Set(order.map(keyOf));
  const cells = new Map([...laboratory.found()].filter(([key]) => wanted.has(key)));
  const failures: FailedProcess[] = [];
  const progress = new Progress(order.length, live);
  let admitted: number | null = null;
  for (const cell of order) {
    const name = `${cell.arm}, process ${cell.round + 1} of ${plan.processes}`;
    if (cells.has(keyOf(cell))) {
      progress.end(true);
      progress.say(`${name}: found`);
      continue;
    }
    if (admitted !== null) await laboratory.rest(signal);
    if (admitted !== cell.round) await laboratory.admit((doing) => progress.say(doing), signal);
    admitted = cell.round;
    if (signal?.aborted) break;
    const tell = (doing: string, part: number) => progress.say(`${name}: ${doing}`, part);
    tell("starts", 0);
    const outcome = await tried(() => laboratory.run(cell, tell, signal), signal);
    if (signal?.aborted && !("runs" in outcome)) break;
    if ("runs" in outcome) cells.set(keyOf(cell), outcome.runs);
    else failures.push({ ...cell, reason: outcome.reason });
    progress.end();
    progress.say(name);
  }
  return { cells, failures, interrupted: cells.size + failures.length < order.length };
}

async function tried(
  run: () => Promise<RunRecord[]>,
  signal: AbortSignal | undefined,
): Promise<{ runs: RunRecord[] } | { reason: string }> {
  let reason = "";
  for (let attempt = 0; attempt < TRIES && !signal?.aborted; attempt++) {
    try {
      return { runs: await run() };
    } catch (error) {
      if (error instanceof InputError) throw error;
      reason = error instanceof Error ? error.message : String(error);
    }
  }
  return { reason };
}
