import type { Estimate } from "../estimate.ts";
import { batchSizeOf, processOf, type RunRecord } from "../run_record.ts";
import { measured } from "./measured.ts";
import {
  detectionFloor,
  meanOf,
  type MeanTest,
  testPaired,
  testUnpaired,
  worthOf,
} from "../statistics/mod.ts";
import type { ComparedArm, CompareOptions, Comparison } from "./comparison.ts";
import { checkConditions } from "./conditions.ts";
import { LEAST_PROCESSES } from "./figure.ts";
import { nameOf } from "./metric.ts";
import { type Measured, nullSpread, type Units, unitsOf } from "./pairs.ts";
import { type Measurement, measurementOf, testHard, testTokens, testWhole } from "./single_runs.ts";
import { tokenDifferences } from "./token_pairs.ts";
import { verdictOf } from "./verdict.ts";

/**
 * How much B differs from A: the effect with its 95 % interval, a test, and the smallest effect that
 * would have been found.
 *
 * Figures are compared as logarithms, paired by prompt and by block, process or run; two single
 * runs token by token. Runs without the figure, and those whose findings make them invalid, are
 * left out with a note.
 *
 * @param a one run, or the runs of an arm; of `profile()`, or of a database
 * @throws {InputError} if an arm has no run to compare, or machines or sources differ
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { compareRuns, ProfileDatabase } from "@tokenwatt/tokenwatt";
 *
 * function report(database: ProfileDatabase): string {
 *   const arm = (precision: string) => database.getRuns({ precision, experiment: "quantization" });
 *   const { verdict, percent, test, floor } = compareRuns(arm("fp32"), arm("int8"));
 *   return `${verdict} ${percent.value} % p=${test.p} floor=${floor.percent} %`;
 * }
 * assert(typeof report === "function");
 * ```
 */
export function compareRuns(
  a: RunRecord | readonly RunRecord[],
  b: RunRecord | readonly RunRecord[],
  options: CompareOptions = {},
): Comparison {
  const { metric = "joulesPerToken", labels = ["A", "B"], accept = [], blockOf } = options;
  const { words, unit, isEnergy } = nameOf(metric);
  const notes: string[] = [];
  const [armA, armB] = [a, b].map((arm, at) =>
    measured([arm].flat(), metric, labels[at]!, notes)
  ) as [Measured[], Measured[]];
  const conditions = checkConditions([runsOf(armA), runsOf(armB)], isEnergy, accept, labels);
  const units = unitsOf(armA, armB, blockOf);
  if (units.sharedPrompts === 0) notes.push("No prompt in common: not paired");
  if (haveOtherLengths(armA, armB)) {
    notes.push("Answers differ in length, so tokens were decoded at other cache positions");
  }
  for (const [label, arm] of [[labels[0], armA], [labels[1], armB]] as const) {
    const models = [...new Set(arm.map(({ run }) => run.model.name))];
    if (models.length > 1) notes.push(`${label} holds several models: ${models.join(", ")}`);
  }
  const batches = [...new Set([...armA, ...armB].map(({ run }) => batchSizeOf(run)))];
  if (batches.length > 1) {
    notes.push(`Batch sizes are mixed (${batches.sort((x, y) => x - y).join(", ")})`);
  }
  const measurement = measurementOf(armA, armB, metric);
  const { test, ...how } = testOf(armA, armB, units, measurement, options);
  const floor = floorOf(units, test, how, options);
  const scope = scopeOf(armA, armB);
  const base = Math.exp(meanOf(units.a));
  const effect = effectOf(test, base);
  const outcome = !isSeen(test) ? "unclear" : test.mean > 0 ? "higher" : "lower";
  const result: Omit<Comparison, "verdict"> = {
    metric,
    metricName: words,
    unit,
    a: armOf(armA, units.a, labels[0]),
    b: armOf(armB, units.b, labels[1]),
    ...effect,
    pairing: { ...how.pairing, sharedPrompts: units.sharedPrompts },
    basis: how.basis,
    measurementPercent: measurement && percentOf(1.96 * measurement.error),
    test: { name: test.test, degrees: test.degrees, p: test.p },
    floor,
    scope,
    outcome,
    findings: conditions.findings,
    notes: [...notes, ...conditions.notes],
  };
  return { ...result, verdict: verdictOf(result) };
}

interface How {
  basis: Comparison["basis"];
  pairing: Omit<Comparison["pairing"], "sharedPrompts">;
}

function testOf(
  a: readonly Measured[],
  b: readonly Measured[],
  units: Units,
  measurement: Measurement | null,
  { metric = "joulesPerToken", test: kind = "student" }: CompareOptions,
): How & { test: MeanTest } {
  const { differences } = units;
  if (differences !== null && differences.length > 1) {
    const pairing = { kind: units.unit, count: differences.length };
    return { test: testPaired(differences, kind), basis: "scatter", pairing };
  }
  if (units.a.length > 1 && units.b.length > 1) {
    const pairing = { kind: "none", count: Math.min(units.a.length, units.b.length) } as const;
    return { test: testUnpaired(units.a, units.b, kind), basis: "scatter", pairing };
  }
  const mean = differences?.[0] ?? meanOf(units.b) - meanOf(units.a);
  const [one, other] = [a[0], b[0]];
  if (differences !== null && a.length === 1 && b.length === 1 && one && other) {
    const tokens = tokenDifferences(one.run, other.run, metric);
    if (tokens !== null) {
      const test = testTokens(mean, tokens, worthOf(centred(tokens)), measurement);
      return { test, basis: "scatter", pairing: { kind: "token", count: tokens.length } };
    }
  }
  const pairing = { kind: differences === null ? "none" : "run", count: 1 } as const;
  if (one && other && a.length === 1 && b.length === 1 && measurement?.from !== "draws") {
    const isHard = one.observed.isHard || other.observed.isHard;
    if (isHard) return { test: testHard(mean, one, other), basis: "intervals", pairing };
  }
  const basis = measurement?.from ?? "intervals";
  return { test: testWhole(mean, measurement), basis, pairing };
}

function floorOf(
  units: Units,
  test: MeanTest,
  { basis, pairing }: How,
  { nullArms, metric = "joulesPerToken", blockOf }: CompareOptions,
): Comparison["floor"] {
  const degrees = test.degrees;
  if (nullArms) {
    const [one, other] = nullArms.map((arm) => measured(arm, metric, "null", [])) as [
      Measured[],
      Measured[],
    ];
    const nulls = unitsOf(one, other, blockOf).differences;
    if (nulls !== null) {
      const floor = detectionFloor(nullSpread(nulls), pairing.count, degrees);
      return { percent: floor && percentOf(floor), from: "null arms" };
    }
  }
  if (basis === "scatter" && pairing.kind !== "token" && units.spread.degrees > 0) {
    // Set against each other whole, arms of other sizes are worth their harmonic mean.
    const pairs = pairing.kind === "none"
      ? 2 / (1 / units.a.length + 1 / units.b.length)
      : pairing.count;
    const floor = detectionFloor(units.spread, pairs, degrees);
    return { percent: floor && percentOf(floor), from: "within arms" };
  }
  const error = test.standardError;
  if (Number.isNaN(error)) return { percent: null, from: null };
  // Found at p < 0.05, nine times in ten: 1.96 and 1.28 of the errors that intervals state.
  if (basis !== "scatter") return { percent: percentOf((1.96 + 1.28) * error), from: "intervals" };
  const scatter = { variance: error ** 2 * pairing.count, degrees };
  const floor = detectionFloor(scatter, pairing.count, degrees);
  return { percent: floor && percentOf(floor), from: "pairs" };
}

/** Limits have no p-value: what they leave out is seen. */
function isSeen({ p, low, high }: MeanTest): boolean {
  return p === null ? low > 0 || high < 0 : p < 0.05;
}

function effectOf(
  test: MeanTest,
  base: number,
): Pick<Comparison, "ratio" | "percent" | "difference"> {
  const { mean, low, high } = test;
  const resolved = isSeen(test);
  const of = (transform: (ratio: number) => number): Estimate => ({
    value: transform(Math.exp(mean)),
    low: Number.isFinite(low) ? transform(Math.exp(low)) : null,
    high: Number.isFinite(high) ? transform(Math.exp(high)) : null,
    resolved,
  });
  return {
    ratio: of((ratio) => ratio),
    percent: of((ratio) => 100 * (ratio - 1)),
    difference: of((ratio) => base * (ratio - 1)),
  };
}

function armOf(arm: readonly Measured[], logs: readonly number[], label: string): ComparedArm {
  const processes = new Set(arm.map(({ run }) => processOf(run)));
  const { mean, low, high } = testPaired(logs);
  const end = (log: number) => Number.isFinite(log) ? Math.exp(log) : null;
  const own = arm.length === 1 ? arm[0]?.observed : undefined;
  return {
    label,
    runs: arm.length,
    processes: processes.has(null) ? null : processes.size,
    value: {
      value: Math.exp(mean),
      low: own ? own.low : end(low),
      high: own ? own.high : end(high),
      resolved: logs.length > 1,
    },
  };
}

function scopeOf(a: readonly Measured[], b: readonly Measured[]): Comparison["scope"] {
  const enough = [a, b].every((arm) => {
    const processes = new Set(arm.map(({ run }) => processOf(run)));
    return !processes.has(null) && processes.size >= LEAST_PROCESSES;
  });
  return enough ? "machine" : "process";
}

function haveOtherLengths(a: readonly Measured[], b: readonly Measured[]): boolean {
  const lengths = (arm: readonly Measured[], prompt: string) =>
    arm.filter(({ run }) => run.prompt === prompt)
      .map(({ run }) => run.totals?.generatedTokens ?? 0);
  const prompts = new Set(a.map(({ run }) => run.prompt));
  return [...prompts].some((prompt) => {
    const all = [...lengths(a, prompt), ...lengths(b, prompt)];
    return new Set(all).size > 1;
  });
}

function runsOf(arm: readonly Measured[]): RunRecord[] {
  return arm.map(({ run }) => run);
}

function centred(values: readonly number[]): number[] {
  const mean = meanOf(values);
  return values.map((value) => value - mean);
}

function percentOf(log: number): number {
  return 100 * Math.expm1(log);
}
