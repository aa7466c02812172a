import { meanOf, quantileOf } from "../sample.ts";
import type { TokenRow } from "./rows.ts";
import type {
  ComponentMean,
  Distribution,
  LayerComponentSummary,
  LayerMean,
  RunSummary,
} from "./rows.ts";

const HOTTEST = 10;

/** What the kept layer × component sums say by layer, by component, and of the costliest parts. */
export function digest(
  parts: readonly LayerComponentSummary[],
): Pick<RunSummary, "layers" | "components" | "hottest"> {
  const inLayers = parts.filter(({ layer }) => layer !== null);
  const byLayer = Map.groupBy(inLayers, ({ layer }) => layer!);
  const byComponent = Map.groupBy(parts, ({ component }) => component);
  // A run whose components have no energies is ranked by their times.
  const cost = parts.some(({ energyMj }) => energyMj !== null)
    ? (part: LayerComponentSummary) => part.energyMj
    : (part: LayerComponentSummary) => part.durationMs;
  return {
    layers: [...byLayer].map(([layer, of]): LayerMean => ({ layer, ...meanPerToken(of) })),
    components: [...byComponent]
      .map(([component, of]): ComponentMean => ({ component, ...meanPerToken(of) })),
    hottest: parts.filter((part) => cost(part) !== null)
      .sort((a, b) => cost(b)! - cost(a)!).slice(0, HOTTEST),
  };
}

function meanPerToken(
  parts: readonly LayerComponentSummary[],
): Pick<LayerComponentSummary, "durationMs" | "energyMj" | "lowMj" | "highMj"> {
  const tokens = Math.max(...parts.map((part) => part.tokens));
  const mean = (values: (number | null)[]) => {
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / tokens;
  };
  const measured = parts.filter(({ energyMj }) => energyMj !== null);
  // A limit that leaves a part out is none.
  const limit = (values: (number | null)[]) => values.includes(null) ? null : mean(values);
  return {
    durationMs: mean(parts.map((part) => part.durationMs)),
    energyMj: mean(measured.map((part) => part.energyMj)),
    lowMj: limit(measured.map((part) => part.lowMj)),
    highMj: limit(measured.map((part) => part.highMj)),
  };
}

/** How the decode steps of all repetitions are distributed. */
export function tokenDistributions(
  tokens: readonly Pick<TokenRow, "phase" | "durationMs" | "energyMj" | "resolved">[],
): RunSummary["tokens"] {
  const steps = tokens.filter(({ phase }) => phase === "decode");
  return {
    durationMs: distribution(steps.map(({ durationMs }) => durationMs)),
    energyMj: distribution(steps.map(({ energyMj }) => energyMj)),
    resolved: steps.filter(({ resolved }) => resolved).length,
  };
}

function distribution(values: readonly (number | null)[]): Distribution | null {
  const sorted = values.filter((value) => value !== null).sort((a, b) => a - b);
  if (sorted.length === 0) return null;
  return {
    count: sorted.length,
    mean: meanOf(sorted),
    min: sorted[0]!,
    p5: quantileOf(sorted, 0.05),
    p25: quantileOf(sorted, 0.25),
    p50: quantileOf(sorted, 0.5),
    p75: quantileOf(sorted, 0.75),
    p95: quantileOf(sorted, 0.95),
    p99: quantileOf(sorted, 0.99),
    max: sorted.at(-1)!,
  };
}
