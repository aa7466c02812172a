import { formatMj, formatMs, threeDigits } from "../quantities.ts";
import type { HeatmapMetric } from "./layer_values.ts";

/** What a metric is, and what to do where it was not measured. */
export interface Meaning {
  title: string;
  unit: string;
  format(value: number): string;
  /** Whether the prefill stands for the whole prompt, and so dwarfs single tokens. */
  isSum: boolean;
  missing: string;
  remedy: string;
}

const ACTIVATIONS = {
  isSum: false,
  missing: "The activations of this run were not taken",
  remedy: "Profile with --depth component --activations on",
};
const ROWS =
  'For a run from a database give its rows: { rows: { layers: db.getLayerMetrics("last") } }';

/** By metric. */
export const MEANINGS: Record<HeatmapMetric, Meaning> = {
  energy: {
    title: "by layer and token",
    unit: "mJ",
    format: formatMj,
    isSum: true,
    missing: "The energy of this run's layers is not known by token",
    remedy: ROWS,
  },
  time: {
    title: "Time by layer and token",
    unit: "ms",
    format: formatMs,
    isSum: true,
    missing: "The time of this run's layers is not known by token",
    remedy: ROWS,
  },
  activation: {
    ...ACTIVATIONS,
    title: "Mean |activation| by layer and token",
    unit: "mean |x|",
    format: threeDigits,
  },
  sparsity: {
    ...ACTIVATIONS,
    title: "Activations near zero by layer and token",
    unit: "near zero",
    format: (share) => `${threeDigits(100 * share)} %`,
  },
  entropy: {
    title: "Entropy of attention by layer and token",
    unit: "nats",
    format: (nats) => `${threeDigits(nats)} nats`,
    isSum: false,
    missing: "The attention of this run was not looked at",
    remedy: "Profile with --depth component --activations deep",
  },
};
