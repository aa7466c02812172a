/**
 * What can be said of two arms that were not repeated: as much as each run says of itself.
 *
 * @module
 */
import {
  type MeanTest,
  studentP,
  studentQuantile,
  sumOver,
  varianceOf,
} from "../statistics/mod.ts";
import type { RunRecord } from "../run_record.ts";
import type { ComparisonMetric } from "./metric.ts";
import type { Measured } from "./pairs.ts";

/** The error that measuring the runs leaves in their difference. */
export interface Measurement {
  /** Standard error of the difference of logarithms. */
  error: number;
  /** What says so. */
  from: "draws" | "intervals";
}

/** As many degrees as make Student's distribution the normal one. */
const NORMAL = 1e6;

/** How well the difference of the arms is known by the runs' own intervals; `null` if one has none. */
export function measurementOf(
  a: readonly Measured[],
  b: readonly Measured[],
  metric: ComparisonMetric,
): Measurement | null {
  const drawn = byDraws(a, b, metric);
  if (drawn !== null) return { error: drawn, from: "draws" };
  const variances = [a, b].map((arm) => {
    if (arm.some(({ observed }) => observed.error === null)) return null;
    return sumOver(arm, ({ observed }) => (observed.error ?? 0) ** 2) / arm.length ** 2;
  });
  const [one, other] = variances;
  if (typeof one !== "number" || typeof other !== "number") return null;
  return { error: Math.sqrt(one + other), from: "intervals" };
}

/** Of two single runs: draw by draw, what both err in alike (a latch) cancels. */
function byDraws(
  [a, ...moreA]: readonly Measured[],
  [b, ...moreB]: readonly Measured[],
  metric: ComparisonMetric,
): number | null {
  if (!a || !b || moreA.length + moreB.length > 0) return null;
  const [drawsA, drawsB] = [drawsOf(a.run, metric), drawsOf(b.run, metric)];
  if (drawsA === null || drawsB === null || drawsA.length !== drawsB.length) return null;
  const differences = Array.from(
    drawsA,
    (mj, draw) => Math.log(drawsB[draw]!) - Math.log(mj),
  );
  return differences.every(Number.isFinite) ? Math.sqrt(varianceOf(differences)) : null;
}

/** Of the energy that a figure is a multiple of: what it is multiplied by is no error. */
function drawsOf({ draws }: RunRecord, metric: ComparisonMetric): Float64Array | null {
  if (!draws) return null;
  if (metric === "joulesPerToken") return draws.decodeMj;
  if (metric === "joulesPerPromptToken") return draws.prefillMj;
  return metric === "energyMj" || metric === "energyDelayJs" ? draws.energyMj : null;
}

/** Two runs by their tokens: how much these differ, and what measuring the runs adds to that. */
export function testTokens(
  mean: number,
  differences: readonly number[],
  worth: number,
  measurement: Measurement | null,
): MeanTest {
  const scatter = varianceOf(differences) / worth;
  const standardError = Math.sqrt(scatter + (measurement?.error ?? 0) ** 2);
  const degrees = Math.max(1, worth - 1);
  return { ...student(mean, standardError, degrees), test: "paired t over tokens" };
}

/** Two runs whose ends are limits: their ratio has limits, and no test. */
export function testHard(mean: number, a: Measured, b: Measured): MeanTest {
  const log = (value: number | null, none: number) =>
    value === null || value <= 0 ? none : Math.log(value);
  const low = log(b.observed.low, -Infinity) - log(a.observed.high, Infinity);
  const high = log(b.observed.high, Infinity) - log(a.observed.low, -Infinity);
  return { mean, standardError: NaN, degrees: 0, low, high, p: null, test: "hard limits" };
}

/** Two runs as wholes, by their own intervals alone. */
export function testWhole(mean: number, measurement: Measurement | null): MeanTest {
  if (measurement === null) {
    const none = { standardError: NaN, degrees: 0, low: -Infinity, high: Infinity, p: null };
    return { mean, ...none, test: "none" };
  }
  const test = measurement.from === "draws" ? "z by draws" : "z by the runs' intervals";
  return { ...student(mean, measurement.error, NORMAL), test };
}

function student(mean: number, standardError: number, degrees: number): Omit<MeanTest, "test"> {
  const half = studentQuantile(0.975, degrees) * standardError;
  const p = standardError === 0 && mean === 0 ? 1 : studentP(mean / standardError, degrees);
  return { mean, standardError, degrees, low: mean - half, high: mean + half, p };
}
