import {
  type CompareOptions,
  compareRuns,
  type Comparison,
  correctedVerdict,
  holmCorrected,
  runFindings,
  type RunRecord,
} from "../analysis/mod.ts";
import { InputError } from "../errors.ts";
import { judgeExpectation, otherOf, outcomeOf } from "./expect.ts";
import { type Cell, keyOf } from "./order.ts";
import type { ExperimentPlan } from "./plan.ts";
import type { ArmComparison, ArmResult, ExperimentResult } from "./result.ts";
import { verdictOf } from "./verdict.ts";

/** The runs of a process, in the order of its prompts. */
export type CellRuns = ReadonlyMap<string, readonly RunRecord[]>;

/** What follows from the runs. */
export type Judgement = Pick<
  ExperimentResult,
  | "arms"
  | "findings"
  | "comparisons"
  | "nullComparison"
  | "expectations"
  | "outcome"
  | "notes"
  | "verdict"
>;

/** Below it the null arm differs from itself by chance in one experiment of a hundred. */
const NULL_DIFFERS = 0.01;

/** Compares the arms: each with the first, and those of which something is expected. */
export function judge(plan: ExperimentPlan, order: readonly Cell[], cells: CellRuns): Judgement {
  const { baseline, nullArm, metric, expect } = plan;
  const runs = new Map(plan.arms.map(({ name }) => [name, runsOf(name, order, cells)]));
  const rounds = roundsOf(order, cells);
  const notes: string[] = [];
  const compare = (a: string, b: string, withNull: boolean): Comparison | null => {
    const [one, other] = [runs.get(a)!, runs.get(b)!];
    const [first, again] = [runs.get(baseline)!, runs.get(nullArm ?? "") ?? []];
    if (one.length === 0 || other.length === 0) return null;
    const options: CompareOptions = {
      metric,
      labels: [a, b],
      blockOf: ({ runId }) => rounds.get(runId) ?? null,
      ...(withNull && again.length > 0 && first.length > 0 ? { nullArms: [first, again] } : {}),
    };
    try {
      return compareRuns(one, other, options);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      notes.push(error.message);
      return null;
    }
  };
  const pairs = pairsOf(plan);
  const compared = pairs.map(([a, b]) => compare(a, b, true)).filter((one) => one !== null);
  const corrected = holmCorrected(compared.map(({ test }) => test.p));
  const comparisons = compared.map((comparison, at): ArmComparison => {
    const pCorrected = corrected[at] ?? null;
    // Without a p-value it is hard limits that were seen to differ, or not.
    const isSeen = pCorrected === null || pCorrected < 0.05;
    const verdict = correctedVerdict(comparison, pCorrected, compared.length);
    return isSeen
      ? { ...comparison, pCorrected, verdict }
      : { ...comparison, pCorrected, outcome: "unclear", verdict };
  });
  const nullComparison = nullArm === null ? null : compare(baseline, nullArm, false);
  const nullP = nullComparison?.test.p ?? null;
  if (nullP !== null && nullP < NULL_DIFFERS) {
    notes.push(
      `The same arm differs from itself (${baseline} and ${nullArm}, p = ${
        nullP.toPrecision(2)
      }): ` +
        "something but the arms was not alike",
    );
  }
  const expected = Object.entries(expect);
  const expectations = expected.flatMap(([arm, expectation]) => {
    const other = otherOf(expectation);
    const found = comparisons.find((one) => isOf(one, other, arm) || isOf(one, arm, other));
    return found ? [judgeExpectation(arm, expectation, found, expected.length)] : [];
  });
  const open = expected.length - expectations.length;
  const outcomes = expectations.map(({ outcome }) => outcome);
  const outcome = outcomeOf(open > 0 ? [...outcomes, "inconclusive"] : outcomes);
  const arms = plan.arms.map(({ name }): ArmResult => ({
    name,
    processes: order.filter((cell) => cell.arm === name && cells.has(keyOf(cell))).length,
    runIds: runs.get(name)!.map(({ runId }) => runId),
  }));
  return {
    arms,
    findings: runFindings([...cells.values()].flat()),
    comparisons,
    nullComparison,
    expectations,
    outcome,
    notes,
    verdict: verdictOf(comparisons, outcome, {
      ran: arms.reduce((sum, { processes }) => sum + processes, 0),
      planned: order.length,
    }),
  };
}

/** The first arm with each other, then what is expected of others. */
function pairsOf({ arms, baseline, nullArm, expect }: ExperimentPlan): [string, string][] {
  const others = arms.map(({ name }) => name).filter((name) =>
    name !== baseline && name !== nullArm
  );
  const pairs = others.map((name): [string, string] => [baseline, name]);
  for (const [arm, expectation] of Object.entries(expect)) {
    const other = otherOf(expectation);
    if (!pairs.some((pair) => pair.includes(other) && pair.includes(arm))) pairs.push([other, arm]);
  }
  return pairs;
}

function isOf({ a, b }: Comparison, one: string, other: string): boolean {
  return a.label === one && b.label === other;
}

function runsOf(arm: string, order: readonly Cell[], cells: CellRuns): RunRecord[] {
  return order.filter((cell) => cell.arm === arm).flatMap((cell) =>
    (cells.get(keyOf(cell)) ?? []).map((run, at): RunRecord => ({
      ...run,
      // What pairs runs is the place of their prompt, where the prompts are what differs.
      prompt: `prompt ${at}`,
    }))
  );
}

function roundsOf(order: readonly Cell[], cells: CellRuns): Map<string, string> {
  return new Map(
    order.flatMap((cell) =>
      (cells.get(keyOf(cell)) ?? []).map(({ runId }) => [runId, `round ${cell.round}`] as const)
    ),
  );
}
