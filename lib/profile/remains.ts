import type { Finding, RunHeader } from "../record.ts";
import type { AmplifiedLoops } from "./amplify/mod.ts";
import type { Window } from "./baseline.ts";
import type { Evidence, PowerEvidence } from "./evidence.ts";
import type { Explained } from "./explain.ts";
import type { RunsOn } from "./messages.ts";
import type { ProfilePlan } from "./options.ts";

/** What happened outside of the measured window. */
export interface Outer {
  load: Window | null;
  warmUp: Window | null;
  before: Window | null;
  after: Window | null;
}

/** All that a run left behind. */
export interface Remains {
  runId: string;
  header: RunHeader;
  /** Of each text that was answered at once. */
  promptTokens: readonly number[];
  /** What the model ran on; `null` where an earlier version did not keep it. */
  runsOn?: RunsOn | null;
  plan: ProfilePlan;
  evidence: Evidence;
  interrupted: boolean;
  /** What the twins told; absent at depth `token`, and where the run was stopped before them. */
  explained?: Explained | null;
  /** Components that were repeated by themselves; `null` where none were. */
  loops?: AmplifiedLoops | null;
  /** Of those loops against the answer; `null` where the source does not tell frequencies. */
  frequencyChange?: number | null;
  outer: Outer;
  power: PowerEvidence;
  /** What was found about the records. */
  sampling: readonly Finding[];
  /** What was found about the machine while they were taken. */
  observed: readonly Finding[];
}
