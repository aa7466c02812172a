/**
 * What a phase costs by what it does, learned from models that were measured.
 *
 * @module
 */
import { meanOf, studentQuantile, sumOver } from "../statistics/mod.ts";
import { dot, fitNonNegative } from "./non_negative.ts";
import type { PhaseWork } from "./phase_work.ts";

/** A measured phase of a model. */
export interface WorkPoint extends PhaseWork {
  /** Which model: what is left out together. */
  model: string;
  /** Its energy, in J. */
  joules: number;
}

/** What a range covers. */
export interface Range {
  /** The least. */
  low: number;
  /** The most. */
  high: number;
}

/** A learned phase. */
export interface PhaseModel {
  /** Whatever is done. */
  fixedJoules: number;
  /** By operation. */
  joulesPerFlop: number;
  /** By byte that is read. */
  joulesPerByte: number;
  /** Of models that were left out while the others were learned from. */
  crossValidated: {
    /** Models. */
    models: number;
    /** Root of the mean squared error of the logarithm, in percent. */
    typicalPercent: number;
    /** What 19 of 20 models stay within: the logarithm's ends, as factors. */
    low: number;
    /** The upper one. */
    high: number;
  };
  /** What it was learned from. */
  range: { flops: Range; bytes: Range; flopsPerByte: Range };
}

/** Fewer models say nothing of the next one. */
export const LEAST_MODELS = 4;

/** Learns a phase; `null` for fewer than four models. */
export function learnPhase(points: readonly WorkPoint[]): PhaseModel | null {
  const models = [...new Set(points.map(({ model }) => model))];
  if (models.length < LEAST_MODELS) return null;
  const [fixedJoules, joulesPerFlop, joulesPerByte] = coefficientsOf(points) as [
    number,
    number,
    number,
  ];
  const errors = models.map((model) => {
    const learned = coefficientsOf(points.filter((point) => point.model !== model));
    return meanOf(
      points.filter((point) => point.model === model)
        .map((point) => Math.log(dot(rowOf(point), learned) / point.joules)),
    );
  });
  const typical = Math.sqrt(sumOver(errors, (error) => error ** 2) / models.length);
  const half = studentQuantile(0.975, models.length) * typical;
  return {
    fixedJoules,
    joulesPerFlop,
    joulesPerByte,
    crossValidated: {
      models: models.length,
      typicalPercent: 100 * Math.expm1(typical),
      low: Math.exp(-half),
      high: Math.exp(half),
    },
    range: {
      flops: rangeOf(points.map(({ flops }) => flops)),
      bytes: rangeOf(points.map(({ bytes }) => bytes)),
      flopsPerByte: rangeOf(points.map(({ flops, bytes }) => flops / bytes)),
    },
  };
}

/** What a phase costs, in J. */
export function costOf(model: PhaseModel, work: PhaseWork): number {
  return dot(rowOf(work), [model.fixedJoules, model.joulesPerFlop, model.joulesPerByte]);
}

function rowOf({ flops, bytes }: PhaseWork): number[] {
  return [1, flops, bytes];
}

/** Errors count as parts of what was measured, so that small models count as much as large ones. */
function coefficientsOf(points: readonly WorkPoint[]): number[] {
  return fitNonNegative(
    points.map((point) => rowOf(point).map((value) => value / point.joules)),
    points.map(() => 1),
  );
}

function rangeOf(values: readonly number[]): Range {
  return { low: Math.min(...values), high: Math.max(...values) };
}
