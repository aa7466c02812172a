import type { Comparison } from "../analysis/mod.ts";
import type { Finding } from "../record.ts";
import type { Expectation } from "./definition.ts";
import type { Cell } from "./order.ts";
import type { ExperimentPlan } from "./plan.ts";

/** Whether something was shown, its contrary was, or neither. */
export type Outcome = "pass" | "fail" | "inconclusive";

/** One arm against another, as one of a family of comparisons. */
export interface ArmComparison extends Comparison {
  /** The p-value after Holm's correction for all comparisons; `null` where there is no test. */
  pCorrected: number | null;
}

/** What was expected of an arm, and what came of it. */
export interface ExpectationResult {
  /** The arm. */
  arm: string;
  /** The arm that it was compared with. */
  other: string;
  /** What was expected. */
  expectation: Expectation;
  /** Passes or fails only where the whole interval does that holds together with all others. */
  outcome: Outcome;
  /** The same in words. */
  message: string;
}

/** What an arm got. */
export interface ArmResult {
  /** What it is called. */
  name: string;
  /** Processes that ran to their end. */
  processes: number;
  /** The runs of these, as the database names them. */
  runIds: string[];
}

/** A process that came to nothing, twice. */
export interface FailedProcess extends Cell {
  /** Why. */
  reason: string;
}

/** What an experiment has found. Plain data. */
export interface ExperimentResult {
  /** The experiment. */
  name: string;
  /** What names this very experiment: its definition, models, machine and version. */
  id: string;
  /** `interrupted`: some processes have not run; running it again goes on. */
  status: "complete" | "interrupted";
  /** Everything that is needed to repeat it. */
  plan: ExperimentPlan;
  /** Where power came from: a source's name, or `simulated`. */
  source: string;
  /** In what order processes were to run. */
  order: Cell[];
  /** By arm, the null arm last. */
  arms: ArmResult[];
  /** Each arm with the first, then the other pairs of which something was expected. */
  comparisons: ArmComparison[];
  /** The first arm with itself; `null` without a null arm. */
  nullComparison: Comparison | null;
  /** One for each expectation that could be looked at. */
  expectations: ExpectationResult[];
  /** Of all expectations; `null` where nothing was expected. */
  outcome: Outcome | null;
  /** About the conditions of the experiment. */
  findings: Finding[];
  /** Processes that came to nothing. */
  failures: FailedProcess[];
  /** What limits the answer. */
  notes: string[];
  /** The answer in a few words. */
  verdict: string;
}
