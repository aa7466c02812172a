/**
 * The figures of a run that two arms can be compared by.
 *
 * @module
 */
import type { EnergyMethod, Interval, Phase } from "../../record.ts";
import type { RunRecord } from "../run_record.ts";

/** A figure to compare; `component:q_proj` is the energy of a component per decoded token. */
export type ComparisonMetric =
  | "joulesPerToken"
  | "joulesPerPromptToken"
  | "energyMj"
  | "energyDelayJs"
  | "tokensPerSecond"
  | "ttftMs"
  | `component:${string}`;

/** Every metric but those of components. */
export const COMPARISON_METRICS: readonly Exclude<ComparisonMetric, `component:${string}`>[] = [
  "joulesPerToken",
  "joulesPerPromptToken",
  "energyMj",
  "energyDelayJs",
  "tokensPerSecond",
  "ttftMs",
];

/** A run's figure. */
export interface Observed {
  /** Above 0. */
  value: number;
  /** Standard error of its logarithm, by the run's own interval; `null` where it has none. */
  error: number | null;
  /** Lower end of that interval. */
  low: number | null;
  /** Upper end. */
  high: number | null;
  /** Whether the ends are limits, and no points of a distribution. */
  isHard: boolean;
  /** How its energy was got; `null` for times. */
  method: EnergyMethod | null;
}

/** What a metric is called, in what unit it is, and whether it needs power. */
export interface MetricName {
  /** As a sentence has it: "energy per token". */
  words: string;
  /** `J`, `1/s`. */
  unit: string;
  /** False for times and rates. */
  isEnergy: boolean;
}

const NAMES: Record<(typeof COMPARISON_METRICS)[number], MetricName> = {
  joulesPerToken: { words: "energy per token", unit: "J", isEnergy: true },
  joulesPerPromptToken: { words: "energy per prompt token", unit: "J", isEnergy: true },
  energyMj: { words: "energy per run", unit: "mJ", isEnergy: true },
  energyDelayJs: { words: "energy × time", unit: "J·s", isEnergy: true },
  tokensPerSecond: { words: "tokens per second", unit: "1/s", isEnergy: false },
  ttftMs: { words: "time to the first token", unit: "ms", isEnergy: false },
};

/** Names a metric. */
export function nameOf(metric: ComparisonMetric): MetricName {
  return isComponent(metric)
    ? { words: `energy of ${componentOf(metric)} per token`, unit: "mJ", isEnergy: true }
    : NAMES[metric];
}

/** The figure of a run; `null` where it was not measured. */
export function observe(run: RunRecord, metric: ComparisonMetric): Observed | null {
  const { totals } = run;
  if (totals === null) return null;
  if (isComponent(metric)) return component(run, componentOf(metric), totals.decodedTokens);
  if (metric === "tokensPerSecond" || metric === "ttftMs") {
    return of(totals[metric], null, null);
  }
  if (metric === "joulesPerToken") return of(totals.joulesPerToken, ...phase(run, "decode"));
  if (metric === "joulesPerPromptToken") {
    return of(totals.joulesPerPromptToken, ...phase(run, "prefill"));
  }
  const { energyMj: mj, lowMj, highMj, durationMs } = totals;
  const product = mj === null ? null : mj * durationMs / 1e6;
  const method = run.power.kind === "estimated" ? "estimated" : "integrated";
  return of(metric === "energyMj" ? mj : product, { mj, lowMj, highMj }, method);
}

function isComponent(metric: ComparisonMetric): metric is `component:${string}` {
  return metric.startsWith("component:");
}

function componentOf(metric: `component:${string}`): string {
  return metric.slice("component:".length);
}

function component({ inside }: RunRecord, name: string, tokens: number): Observed | null {
  const part = inside?.components.find((one) => one.component === name && one.phase === "decode");
  if (!part || part.energyMj === null || tokens < 1) return null;
  const { energyMj: mj, lowMj, highMj, method } = part;
  return of(part.energyMj / tokens, { mj, lowMj, highMj }, method);
}

function phase(
  { phases, power }: RunRecord,
  name: Phase,
): [Interval | null, EnergyMethod | null] {
  const energy = phases?.find((one) => one.phase === name)?.energy;
  if (energy) return [energy, energy.method];
  return [null, power.kind === "estimated" ? "estimated" : "integrated"];
}

/** A figure with the ends of the energy that it is made of. */
function of(
  value: number | null,
  energy: Interval | null,
  method: EnergyMethod | null,
): Observed | null {
  if (value === null || value <= 0) return null;
  const isHard = method === "shared" || method === "estimated";
  const { mj, lowMj, highMj } = energy ?? { mj: null, lowMj: null, highMj: null };
  if (mj === null || lowMj === null || highMj === null || mj <= 0) {
    return { value, error: null, low: null, high: null, isHard, method };
  }
  const scale = value / mj;
  const error = (highMj - lowMj) / 2 / 1.96 / mj;
  return { value, error, low: lowMj * scale, high: highMj * scale, isHard, method };
}
