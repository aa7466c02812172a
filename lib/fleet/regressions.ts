import { holmCorrected, testUnpaired } from "../analysis/mod.ts";
import { uniforms } from "../energy/mod.ts";
import { changePoint, LEAST_SIDE } from "./change_point.ts";
import { type FleetFigure, type FleetSubject, subjectKey, subjectOf } from "./figures.ts";
import { type FleetUnit, unitsOf } from "./units.ts";

/** A step in what a token costs. */
export interface FleetStep {
  /** `regression`: tokens cost more since; `unclear`: the interval does not say which. */
  verdict: "regression" | "improvement" | "unclear";
  /** When the first process after it started, in epoch ms. */
  sinceMs: number;
  /** What ran in the last process before it. */
  fromBuild: string;
  /** What ran in the first process after it. */
  toBuild: string;
  /** Processes between it and the step before, or the beginning. */
  before: number;
  /** Processes between it and the next step, or the end. */
  after: number;
  /** Change of J/token, in percent of before. */
  percent: number;
  /** Lower end of its 95 % interval; `null` where nothing bounds it. */
  lowPercent: number | null;
  /** Upper end. */
  highPercent: number | null;
  /** p-value, corrected for all places and all subjects that were looked at. */
  p: number;
}

/** One subject over time. */
export interface FleetHistory extends FleetSubject {
  /** Processes that were compared. */
  processes: number;
  /** When the first and the last of them started, in epoch ms; `null` where there are none. */
  fromMs: number | null;
  /** See `fromMs`. */
  toMs: number | null;
  /** False below eight processes, where no step could be told from chance. */
  isWatched: boolean;
  /** Its steps, oldest first. */
  steps: FleetStep[];
}

/** A step counts where chance makes one as large in fewer cases. */
const SIGNIFICANT = 0.05;

interface Segment {
  subject: number;
  from: number;
  to: number;
}

/**
 * Steps of J/token over time, by subject: host, model, engine, provider, batch and power source.
 *
 * Processes in order of time are split where they differ most; the split is a step if random orders
 * of the same processes are rarely split so well (p < 0.05 by Holm over all subjects), and then both
 * sides are searched. It is a regression only if, besides, Welch's 95 % interval between the two
 * sides lies above 0. Runs of one process count once, and only beside runs of the same prompt and
 * length. Seeded: the same runs give the same answer.
 */
export function findRegressions(figures: readonly FleetFigure[]): FleetHistory[] {
  const subjects = [...Map.groupBy(figures, subjectKey).values()]
    .map((of) => ({ subject: subjectOf(of[0]!), units: unitsOf(of) }));
  const found = findSteps(subjects.map(({ units }) => units));
  return subjects.map(({ subject, units }, at) => ({
    ...subject,
    processes: units.length,
    fromMs: units[0]?.startedAtMs ?? null,
    toMs: units.at(-1)?.startedAtMs ?? null,
    isWatched: units.length >= 2 * LEAST_SIDE,
    steps: stepsOf(units, found[at]!),
  }));
}

/** Level by level: the sides of what was found are searched next. */
function findSteps(rows: readonly (readonly FleetUnit[])[]): { at: number; p: number }[][] {
  const found: { at: number; p: number }[][] = rows.map(() => []);
  const random = uniforms(1);
  let level = rows.map((units, subject): Segment => ({ subject, from: 0, to: units.length }));
  while (level.length > 0) {
    const searched = level.filter(({ from, to }) => to - from >= 2 * LEAST_SIDE);
    // Holm's least p is as many times smaller as there are tests.
    const draws = Math.max(999, 100 * searched.length);
    const tests = searched.map(({ subject, from, to }) =>
      changePoint(rows[subject]!.slice(from, to).map(({ log }) => log), { draws, random })
    );
    const corrected = holmCorrected(tests.map((test) => test?.p ?? null));
    level = searched.flatMap(({ subject, from, to }, index) => {
      const [test, p] = [tests[index], corrected[index]];
      if (!test || typeof p !== "number" || p >= SIGNIFICANT) return [];
      const at = from + test.at;
      found[subject]!.push({ at, p });
      return [{ subject, from, to: at }, { subject, from: at, to }];
    });
  }
  return found;
}

/** Each step's change is that between its neighbours: another step beyond them is not its own. */
function stepsOf(units: readonly FleetUnit[], found: { at: number; p: number }[]): FleetStep[] {
  const places = found.toSorted((a, b) => a.at - b.at);
  return places.map(({ at, p }, index) => {
    const before = units.slice(places[index - 1]?.at ?? 0, at);
    const after = units.slice(at, places[index + 1]?.at ?? units.length);
    const [a, b] = [before, after].map((of) => of.map(({ log }) => log)) as [number[], number[]];
    const { mean, low, high } = testUnpaired(a, b);
    const percent = (log: number) => Number.isFinite(log) ? 100 * Math.expm1(log) : null;
    return {
      verdict: low > 0 ? "regression" : high < 0 ? "improvement" : "unclear",
      sinceMs: after[0]!.startedAtMs,
      fromBuild: before.at(-1)!.build,
      toBuild: after[0]!.build,
      before: before.length,
      after: after.length,
      percent: 100 * Math.expm1(mean),
      lowPercent: percent(low),
      highPercent: percent(high),
      p,
    };
  });
}
