import type { ProfilingRun, RunDetails } from "../record.ts";

/**
 * What the answers read of a run. Whatever `profile()` returns is one, and whatever a
 * `ProfileDatabase` lists; the more of it there is, the more can be said.
 */
export interface RunRecord
  extends Pick<ProfilingRun, "runId" | "status" | "model" | "prompt" | "power" | "findings"> {
  /** `null` for a run without a result, which nothing can be said of. */
  totals: ProfilingRun["totals"] | null;
  /** Where they are known, energies have intervals of their own phase. */
  phases?: ProfilingRun["phases"];
  /** Where they are known, single runs can be compared token by token. */
  tokens?: ProfilingRun["tokens"];
  /** Tokens whose energy is known together. */
  groups?: ProfilingRun["groups"];
  /** Where it is known, components can be compared. */
  inside?: ProfilingRun["inside"];
  /** When it started, on the clock of `nowMs()`. */
  startedAtMs?: number;
  /** The machine and the process; without it, runs are taken to be of one process. */
  host?: {
    /** Name of the machine. */
    hostname: string | null;
    /** What it computes with. */
    chip: string | null;
    /** Number of the process. */
    pid: number;
    /** When it began; with `pid` it names one process. */
    processStartedAtMs: number;
  };
  /** What is known of the model and the circumstances. */
  details?: RunDetails;
  /** Joint draws of its energies: differences of two runs are then taken draw by draw. */
  draws?: ProfilingRun["draws"];
}

/** What names the process of a run; `null` where it is not known. */
export function processOf({ host }: RunRecord): string | null {
  return host ? `${host.hostname}/${host.pid}/${host.processStartedAtMs}` : null;
}

/** How many texts it answered at once; 1 where it is not known. */
export function batchSizeOf({ details }: RunRecord): number {
  return details?.batchSize ?? 1;
}

/** The runs that answered one text: what a step of several costs is a question of its own. */
export function ofOneText(runs: readonly RunRecord[], notes: string[]): RunRecord[] {
  const left = runs.filter((run) => batchSizeOf(run) === 1);
  const many = runs.length - left.length;
  if (many > 0) notes.push(`${many} of ${runs.length} runs left out: batches of several texts`);
  return left;
}
