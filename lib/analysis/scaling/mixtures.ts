/**
 * Mixtures of experts against dense models of as many active weights.
 *
 * @module
 */
import type { Estimate } from "../estimate.ts";
import { lineOfLogs } from "./power_law.ts";
import type { ScalingPoint } from "./scaling.ts";

/** A mixture beside what a dense model of its active weights would cost. */
export interface MixtureCost {
  /** Name of the model. */
  model: string;
  /** Weights that one token goes through. */
  activeParameters: number;
  /** More (or less) than a dense model, in percent; `null` where none tells. */
  percent: Estimate | null;
  /** What it was compared with, or why it was not. */
  basis: string;
}

/** Compares mixtures with the power law of the dense models, within the sizes that these have. */
export function mixturesAgainstDense(points: readonly ScalingPoint[]): MixtureCost[] {
  const dense = points.filter(({ isMixture }) => !isMixture);
  return points.filter(({ isMixture }) => isMixture).flatMap((mixture) => {
    const { model, activeParameters } = mixture;
    if (activeParameters === null) return [];
    return [{ model, activeParameters, ...against(mixture, activeParameters, dense) }];
  });
}

function against(
  { precision, value }: ScalingPoint,
  active: number,
  dense: readonly ScalingPoint[],
): Pick<MixtureCost, "percent" | "basis"> {
  // Bytes decide what a token costs: another precision is another law.
  const alike = dense.filter((point) => point.precision === precision);
  const sizes = alike.map(({ parameters }) => parameters);
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  if (alike.length === 0 || active < least || active > most) {
    const range = alike.length === 0 ? "none" : `${millions(least)} to ${millions(most)}`;
    const basis = `dense models of ${precision} that were measured: ${range}`;
    return { percent: null, basis };
  }
  const line = lineOfLogs(alike.map((point) => ({ x: point.parameters, y: point.value.value })));
  if (line === null) {
    return {
      percent: null,
      basis: `${alike.length} dense models of ${precision}; three are needed`,
    };
  }
  const next = line.nextAt([Math.log(active)]);
  const percent = (log: number) => 100 * Math.expm1(Math.log(value.value) - log);
  const [low, high] = [percent(next.high), percent(next.low)];
  return {
    percent: { value: percent(next.value), low, high, resolved: low > 0 || high < 0 },
    basis: `power law of ${alike.length} dense models of ${precision}`,
  };
}

function millions(parameters: number): string {
  return `${(parameters / 1e6).toPrecision(3)} M`;
}
