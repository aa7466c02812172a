import type { Energy } from "../../lib/record.ts";
import { type AlignmentTrial, wholeErrors } from "./alignment.ts";
import type { Trials } from "./experiment.ts";
import { FAMILIES } from "./families.ts";
import { type Goal, goalsOf } from "./goals.ts";
import { quantile, shareOf } from "./statistics.ts";
import type { Trial } from "./trial.ts";

/** How well energy is found by one method; errors and coverage are fractions. */
export interface AccuracyRow {
  what: "phase" | "token" | "layer" | "component";
  method: string;
  /** Which of its kind: a phase by its length, tokens by how they differ. */
  case: string;
  /** The middle of the cadences; null where the row is over all of them. */
  cadenceMs: number | null;
  tokenMs: number | null;
  n: number;
  medianError: number;
  p95Error: number;
  interval: Energy["interval"];
  /** Share of them that are resolved. */
  resolved: number;
  coverage: number | null;
  /** The same where the power is furthest from the mean. */
  coverageTopDecile: number | null;
}

/** How well records are dated. */
export interface AlignmentRow {
  runs: string;
  n: number;
  medianBoundMs: number;
  p95BoundMs: number;
  /** Share of boundaries within the bound, and of runs all of whose boundaries are. */
  boundariesInside: number;
  runsInside: number;
  rightReading: number;
  clockSteps: number;
  wholeRecordsMedian: number | null;
  wholeRecordsWorst: number | null;
}

/** All that `deno task accuracy --json` prints. */
export interface Accuracy {
  runs: number;
  seed: number;
  rows: AccuracyRow[];
  alignment: AlignmentRow[];
  goals: Goal[];
}

/** Sums the trials up. */
export function accuracyOf(trials: Trials): Accuracy {
  const { runs, seed, mixed, tenSeconds, prompt, drifting, gapped, slewed, blind } = trials;
  const alignment = [
    ...FAMILIES.map(({ name, cadenceMs }) =>
      alignmentRow(
        `${name} (${cadenceMs} ms)`,
        mixed.filter(({ family }) => family === name),
      )
    ),
    alignmentRow("all, 10 s to 10 min", mixed),
    alignmentRow("10 s at 116–130 ms", tenSeconds),
    alignmentRow("the same, counters read at once", prompt),
    alignmentRow("10 min, 5 ppm of drift", drifting),
    alignmentRow("a gap of 0.1–1 ms after each record", gapped),
    alignmentRow("10 min, wall clock slewed by 20 ppm", slewed),
    alignmentRow("the same, distance of the clocks not read", blind),
  ];
  const rows = energyRows(trials.energies);
  return {
    runs,
    seed,
    rows,
    alignment,
    goals: goalsOf(trials, rows),
  };
}

function alignmentRow(runs: string, trials: readonly AlignmentTrial[]): AlignmentRow {
  const bounds = trials.map(({ boundMs }) => boundMs);
  const sum = (of: (trial: AlignmentTrial) => number) =>
    trials.reduce((total, trial) => total + of(trial), 0);
  const errors = wholeErrors(trials);
  return {
    runs,
    n: trials.length,
    medianBoundMs: quantile(bounds, 0.5),
    p95BoundMs: quantile(bounds, 0.95),
    boundariesInside: sum(({ inside }) => inside) / sum(({ boundaries }) => boundaries),
    runsInside: shareOf(trials, ({ inside, boundaries }) => inside === boundaries),
    rightReading: shareOf(trials, ({ isRightReading }) => isRightReading),
    clockSteps: sum(({ clockSteps }) => clockSteps),
    wholeRecordsMedian: errors.length === 0 ? null : quantile(errors, 0.5),
    wholeRecordsWorst: errors.length === 0 ? null : Math.max(...errors),
  };
}

/** Over all cadences below a second, and by cadence; tokens over all shapes as well. */
function energyRows(trials: readonly Trial[]): AccuracyRow[] {
  const rows: AccuracyRow[] = [];
  const add = (own: readonly Trial[], cadenceMs: number | null, name?: string) => {
    const [first] = own;
    if (!first) return;
    const { what, method, tokenMs } = first;
    rows.push(rowOf({ what, method, case: name ?? first.case, cadenceMs, tokenMs }, own));
  };
  for (const kind of Map.groupBy(trials, (one) => `${one.what} ${one.tokenMs}`).values()) {
    const cases = Map.groupBy(kind, (one) => one.case);
    // What holds for all comes first.
    if (kind[0]?.what === "token") {
      for (const method of Map.groupBy(kind, (one) => one.method).values()) {
        add(method.filter(({ cadenceMs }) => cadenceMs < 1000), null, "all");
      }
    }
    for (const own of cases.values()) {
      for (const method of Map.groupBy(own, (one) => one.method).values()) {
        // Records of a second are a matter of their own.
        add(method.filter(({ cadenceMs }) => cadenceMs < 1000), null);
        if (own[0]?.what !== "phase") continue;
        for (const by of Map.groupBy(method, (one) => one.cadenceMs).values()) {
          add(by, by[0]!.cadenceMs);
        }
      }
    }
    if (kind[0]?.what === "phase") continue;
    for (const method of Map.groupBy(kind, (one) => one.method).values()) {
      for (const by of Map.groupBy(method, (one) => one.cadenceMs).values()) {
        add(by, by[0]!.cadenceMs, "all");
      }
    }
  }
  return rows;
}

function rowOf(
  name: Pick<AccuracyRow, "what" | "method" | "case" | "cadenceMs" | "tokenMs">,
  trials: readonly Trial[],
): AccuracyRow {
  const errors = trials.flatMap(({ error }) => error ?? []);
  const ofKind = (kind: Energy["interval"]) => trials.filter(({ interval }) => interval === kind);
  const interval = ofKind("ci95").length >= ofKind("hard").length ? "ci95" : "hard";
  const judged = ofKind(interval).filter(({ isInside }) => isInside !== null);
  const far = quantile(judged.map(({ deviation }) => deviation), 0.9);
  const coverage = (some: readonly Trial[]) =>
    some.length === 0 ? null : shareOf(some, ({ isInside }) => isInside === true);
  return {
    ...name,
    n: trials.length,
    medianError: quantile(errors, 0.5),
    p95Error: quantile(errors, 0.95),
    interval: judged.length === 0 ? null : interval,
    resolved: shareOf(trials, ({ resolved }) => resolved),
    coverage: coverage(judged),
    coverageTopDecile: coverage(judged.filter(({ deviation }) => deviation >= far)),
  };
}
