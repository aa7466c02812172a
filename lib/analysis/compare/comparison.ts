import type { Finding } from "../../record.ts";
import type { Estimate } from "../estimate.ts";
import type { RunRecord } from "../run_record.ts";
import type { TestKind } from "../statistics/mod.ts";
import type { AcceptedDifference } from "./conditions.ts";
import type { ComparisonMetric } from "./metric.ts";

/** Options of {@link compareRuns}. */
export interface CompareOptions {
  /** What is compared. Default `joulesPerToken`. */
  metric?: ComparisonMetric;
  /** Whose p-value is given, where there are at most 20 pairs; else Student's. Default `student`. */
  test?: TestKind;
  /** What the arms are called. Default `A` and `B`. */
  labels?: readonly [string, string];
  /** Two arms that do not differ, run like the others: they tell the detection floor. */
  nullArms?: readonly [readonly RunRecord[], readonly RunRecord[]];
  /** Runs of both arms that belong together, such as a round of an interleaved experiment. */
  blockOf?: (run: RunRecord) => string | null;
  /** Differences between arms that are meant to be there; others are refused. */
  accept?: readonly AcceptedDifference[];
}

/** One side of a comparison. */
export interface ComparedArm {
  /** What it is called. */
  label: string;
  /** Runs that were used. */
  runs: number;
  /** Processes that they came from; `null` where that is not known. */
  processes: number | null;
  /** Geometric mean of the figure, with the 95 % interval of its units, or of its only run. */
  value: Estimate;
}

/** How B differs from A, and how sure that is. */
export interface Comparison {
  /** What was compared. */
  metric: ComparisonMetric;
  /** The same in words. */
  metricName: string;
  /** Of `value` and `difference`. */
  unit: string;
  /** What B is compared with. */
  a: ComparedArm;
  /** What is compared. */
  b: ComparedArm;
  /** B ÷ A. `resolved` where the interval leaves out 1. */
  ratio: Estimate;
  /** The same in percent: 100 × (ratio − 1). */
  percent: Estimate;
  /** The same as B − A. */
  difference: Estimate;
  /** What one difference is of, and of how many the interval is made. */
  pairing: {
    /** `none`: the arms were set against each other whole. */
    kind: "block" | "process" | "run" | "token" | "none";
    /** How many pairs, or the units of the smaller arm. */
    count: number;
    /** Prompts that both arms were given. */
    sharedPrompts: number;
  };
  /**
   * What the interval is made of: how much units differ, or, where each arm is one run, the run's
   * own interval, or its draws.
   */
  basis: "scatter" | "intervals" | "draws";
  /** Half the interval that measuring the runs alone would leave, in percent; `null` if unknown. */
  measurementPercent: number | null;
  /** The test on logarithms; `p` is `null` where one pair, or hard limits, allow none. */
  test: { name: string; degrees: number; p: number | null };
  /** The smallest effect, in percent, that would be found nine times in ten. */
  floor: {
    /** `null` where nothing tells. */
    percent: number | null;
    /** What told it: two arms that are alike, units of one arm, how pairs differ, runs' intervals. */
    from: "null arms" | "within arms" | "pairs" | "intervals" | null;
  };
  /** Whether it holds for this machine, or for the few processes only that it was measured in. */
  scope: "machine" | "process";
  /** `higher`, `lower`, or `unclear`: no difference can be seen. */
  outcome: "higher" | "lower" | "unclear";
  /** What a reader must know. */
  findings: Finding[];
  /** What was left out, and what limits the answer. */
  notes: string[];
  /** One line. */
  verdict: string;
}
