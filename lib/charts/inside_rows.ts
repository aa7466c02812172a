/**
 * The rows of a database that stand for what a run in memory has as columns.
 *
 * @module
 */
import type {
  ComponentMetric,
  DeepStatistic,
  LayerMetric,
  MoeExpertActivation,
} from "../record.ts";

/** What a database holds of the inside of a run, token by token; a chart says which of it it needs. */
export interface InsideRows {
  /** `getLayerMetrics(run)`. */
  layers?: readonly LayerMetric[];
  /** `getComponentMetrics(run)`. */
  components?: readonly ComponentMetric[];
  /** `getDeepStatistics(run)`. */
  statistics?: readonly DeepStatistic[];
  /** `getMoeExpertActivations(run)`. */
  experts?: readonly MoeExpertActivation[];
}

/** The rows of the first repetition among them: the one that a database holds. */
export function firstRepetition<T extends { repetition?: number }>(
  rows: readonly T[] | undefined,
): T[] {
  const first = (rows ?? []).reduce((least, row) => Math.min(least, row.repetition ?? 0), Infinity);
  return (rows ?? []).filter((row) => (row.repetition ?? 0) === first);
}
