import { InputError } from "../../errors.ts";
import type { Finding } from "../../record.ts";
import {
  type AcceptedDifference,
  checkConditions,
  type ComparisonMetric,
  type Figure,
  figureOf,
  having,
  nameOf,
} from "../compare/mod.ts";
import { activeParameters, isMixture } from "../model_work.ts";
import { ofOneText, type RunRecord } from "../run_record.ts";
import { type MixtureCost, mixturesAgainstDense } from "./mixtures.ts";
import { fitPolynomials, type PolynomialFits } from "./polynomial.ts";
import { fitPowerLaw, type PowerLaw } from "./power_law.ts";
import { verdictOf } from "./verdict.ts";

/** Options of {@link scaling}. */
export interface ScalingOptions {
  /** What is set against size. Default `joulesPerToken`. */
  metric?: ComparisonMetric;
  /** Differences between runs that are meant to be there; others are refused. */
  accept?: readonly AcceptedDifference[];
}

/** A model with its figure. */
export interface ScalingPoint {
  /** Name of the model. */
  model: string;
  /** `fp32`, … */
  precision: string;
  /** Number of weights. */
  parameters: number;
  /** Weights that one token goes through; `null` where that is not known. */
  activeParameters: number | null;
  /** Whether a router chooses experts. */
  isMixture: boolean;
  /** Number of layers. */
  numLayers: number;
  /** Width of the residual stream; `null` where it is not known. */
  hiddenSize: number | null;
  /** Of all its runs. */
  value: Figure;
}

/** How a figure grows with the size of models. */
export interface Scaling {
  /** What was set against size. */
  metric: ComparisonMetric;
  /** The same in words. */
  metricName: string;
  /** Of `points[].value`. */
  unit: string;
  /** One for each model and precision, by size. */
  points: ScalingPoint[];
  /** Against the number of active weights; `null` for fewer than three sizes. */
  power: PowerLaw | null;
  /** Against the number of layers. */
  byLayers: PolynomialFits;
  /** Against the width of the residual stream. */
  byHiddenSize: PolynomialFits;
  /** Mixtures of experts beside dense models of as many active weights. */
  mixtures: MixtureCost[];
  /** What a reader must know. */
  findings: Finding[];
  /** What was left out, and what limits the answer. */
  notes: string[];
  /** One line. */
  verdict: string;
}

/**
 * How the cost of a token grows with the size of a model: a power law of its weights, and
 * polynomials of its layers and of its width.
 *
 * A model is one point, however many runs it has: intervals are those of a line through models.
 *
 * @throws {InputError} if no run has the figure, or machines or sources differ
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ProfileDatabase, scaling } from "@tokenwatt/tokenwatt";
 *
 * function exponent(database: ProfileDatabase): number | null {
 *   const { power } = scaling(database.getRuns({ experiment: "sizes", limit: -1 }));
 *   return power?.exponent.value ?? null;
 * }
 * assert(typeof exponent === "function");
 * ```
 */
export function scaling(runs: readonly RunRecord[], options: ScalingOptions = {}): Scaling {
  const { metric = "joulesPerToken", accept = [] } = options;
  const { words, unit, isEnergy } = nameOf(metric);
  const leftOut: string[] = [];
  const single = ofOneText(runs, leftOut);
  const found = having(single, metric);
  if (found.length === 0) {
    throw new InputError(`Cannot scale ${words}: none of ${runs.length} runs has it`, {
      remedy: "profile models of several sizes first",
    });
  }
  const groups = [
    ...Map.groupBy(found, ({ model }) => `${model.parameters} ${model.name} ${model.precision}`)
      .values(),
  ];
  const { findings, notes } = checkConditions(groups, isEnergy, accept);
  notes.push(...leftOut);
  const points = groups.map((group) => pointOf(group, metric))
    .sort((a, b) => a.parameters - b.parameters);
  const precisions = new Set(points.map(({ precision }) => precision));
  if (precisions.size > 1) {
    notes.push(`Precisions are mixed (${[...precisions].join(", ")}): a token moves other bytes`);
  }
  const dense = points.filter((point) => !point.isMixture);
  if (single.length > found.length) {
    notes.push(
      `${single.length - found.length} of ${runs.length} runs left out: invalid or no ${words}`,
    );
  }
  if (growTogether(dense)) {
    notes.push("Layers and width grow together: neither fit is of one of them alone");
  }
  const y = ({ value }: ScalingPoint) => value.value;
  const result: Omit<Scaling, "verdict"> = {
    metric,
    metricName: words,
    unit,
    points,
    power: fitPowerLaw(dense.map((point) => ({ x: point.parameters, y: y(point) }))),
    byLayers: fitPolynomials(dense.map((point) => ({ x: point.numLayers, y: y(point) }))),
    byHiddenSize: fitPolynomials(
      dense.flatMap((point) =>
        point.hiddenSize === null ? [] : [{ x: point.hiddenSize, y: y(point) }]
      ),
    ),
    mixtures: mixturesAgainstDense(points),
    findings,
    notes,
  };
  return { ...result, verdict: verdictOf(result) };
}

function pointOf(group: readonly RunRecord[], metric: ComparisonMetric): ScalingPoint {
  const first = group[0]!;
  const { name, precision, parameters, numLayers } = first.model;
  return {
    model: name,
    precision,
    parameters,
    activeParameters: activeParameters(first),
    isMixture: isMixture(first),
    numLayers,
    hiddenSize: first.details?.model?.hiddenSize ?? null,
    value: figureOf(group, metric)!,
  };
}

function growTogether(points: readonly ScalingPoint[]): boolean {
  const count = (of: (point: ScalingPoint) => number | null) => new Set(points.map(of)).size;
  return count(({ numLayers }) => numLayers) > 1 && count(({ hiddenSize }) => hiddenSize) > 1;
}
