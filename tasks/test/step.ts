import type { Lanes } from "./lanes.ts";

/** A test that did not run, and why; tests print it as a line `SKIPPED <name>: <reason>`. */
export interface Skip {
  name: string;
  reason: string;
}

/** What a step counted. A step that is one command counts as one test. */
export interface Outcome {
  passed: number;
  failed: number;
  skips: Skip[];
}

/** What every step may know. */
export interface Gate {
  /** The repository's root. */
  root: string;
  /** Folders under `tests/` to which the tests are narrowed; empty means all. */
  rooms: string[];
  /** In CI, what the gate needs and cannot get is a failure, not a skip. */
  ci: boolean;
  /** `deno task test:long`: the tests that take minutes run at full length. */
  long: boolean;
  /** Room for the jobs of steps that run beside each other. */
  lanes: Lanes;
}

/** One part of the gate. */
export interface Step {
  name: string;
  run(gate: Gate): Promise<Outcome>;
}

/** One assertion that a step made itself: `problem` is `null` where it holds. */
export interface Check {
  name: string;
  problem: string | null;
}

/** The outcome of a step that is one test. */
export function oneTest(passed: boolean): Outcome {
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skips: [] };
}

/** The outcome of a step that could not run here. */
export function skipped(name: string, reason: string): Outcome {
  return { passed: 0, failed: 0, skips: [{ name, reason }] };
}

/** The outcome of a step's own assertions. */
export function counted(checks: readonly Check[]): Outcome {
  const failed = checks.filter((check) => check.problem !== null).length;
  return { passed: checks.length - failed, failed, skips: [] };
}

/** The lines `SKIPPED <name>: <reason>` in what tests printed. */
export function readSkips(text: string): Skip[] {
  return [...text.matchAll(/^SKIPPED (.+?): (.+)$/gm)].map(([, name = "", reason = ""]) => ({
    name,
    reason,
  }));
}

/** What several counted, as one. */
export function together(outcomes: readonly Outcome[]): Outcome {
  return {
    passed: outcomes.reduce((count, { passed }) => count + passed, 0),
    failed: outcomes.reduce((count, { failed }) => count + failed, 0),
    skips: outcomes.flatMap(({ skips }) => skips),
  };
}
